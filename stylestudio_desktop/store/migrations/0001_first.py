"""The first schema: users, generations, files, purchases, usage, the ledger and the queue."""

from typing import Any

TABLES = """
CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  id INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT,
  email_norm TEXT,
  profile_image_id INTEGER REFERENCES files (id) ON DELETE SET NULL,
  email_verified_at INTEGER,
  created_at INTEGER NOT NULL,
  last_login_at INTEGER,
  token_balance INTEGER NOT NULL DEFAULT 0 CHECK (token_balance >= 0),
  total_tokens_purchased INTEGER NOT NULL DEFAULT 0 CHECK (total_tokens_purchased >= 0),
  total_tokens_used INTEGER NOT NULL DEFAULT 0 CHECK (total_tokens_used >= 0),
  free_tokens_granted INTEGER NOT NULL DEFAULT 0 CHECK (free_tokens_granted >= 0),
  external_id TEXT,
  provider TEXT,
  CHECK ((external_id IS NULL) = (provider IS NULL)),
  CHECK ((email IS NULL) = (email_norm IS NULL))
) STRICT;
CREATE UNIQUE INDEX users_by_email ON users (email_norm);
CREATE UNIQUE INDEX users_by_external_id ON users (provider, external_id);
CREATE INDEX users_by_profile_image ON users (profile_image_id)
  WHERE profile_image_id IS NOT NULL;

CREATE TABLE generations (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  status TEXT NOT NULL CHECK (status IN
    ('pending', 'uploading', 'processing', 'completed', 'failed', 'cancelled')),
  prompt TEXT NOT NULL,
  negative_prompt TEXT NOT NULL,
  full_prompt TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT,
  style TEXT NOT NULL,
  quality TEXT NOT NULL,
  aspect_ratio TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 10),
  strength REAL CHECK (strength BETWEEN 0.1 AND 1.0),
  guidance_scale REAL CHECK (guidance_scale BETWEEN 1.0 AND 20.0),
  num_inference_steps INTEGER CHECK (num_inference_steps BETWEEN 1 AND 150),
  seed INTEGER CHECK (seed BETWEEN 0 AND 2147483647),
  options TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(options)),
  price INTEGER NOT NULL CHECK (price >= 0),
  tokens_used INTEGER NOT NULL CHECK (tokens_used BETWEEN 0 AND price),
  error_code TEXT,
  error TEXT,
  retry_count INTEGER NOT NULL DEFAULT 0 CHECK (retry_count >= 0),
  processing_time_ms INTEGER,
  remote_id TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  completed_at INTEGER,
  trashed_at INTEGER
) STRICT;
CREATE INDEX generations_by_user ON generations (user_id, trashed_at);
CREATE INDEX generations_by_status ON generations (status);
CREATE INDEX generations_by_user_and_created_at ON generations (user_id, created_at);
CREATE INDEX generations_by_user_and_status ON generations (user_id, status, trashed_at);
CREATE INDEX generations_in_trash ON generations (user_id, trashed_at)
  WHERE trashed_at IS NOT NULL;

CREATE TABLE files (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  filename TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL CHECK (size > 0),
  storage_id TEXT NOT NULL CHECK (length(storage_id) = 64),
  uploaded_at INTEGER NOT NULL,
  category TEXT NOT NULL CHECK (category IN
    ('product_image', 'model_image', 'generated_image', 'profile_image')),
  width INTEGER NOT NULL CHECK (width > 0),
  height INTEGER NOT NULL CHECK (height > 0),
  format TEXT NOT NULL,
  generation_id INTEGER REFERENCES generations (id),
  original_url TEXT,
  favourite INTEGER NOT NULL DEFAULT 0 CHECK (favourite IN (0, 1)),
  rating INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
  style TEXT,
  provider TEXT,
  facts TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(facts)),
  trashed_at INTEGER,
  perceptual_hash INTEGER
) STRICT;
CREATE INDEX files_by_user ON files (user_id, trashed_at);
CREATE INDEX files_by_category ON files (user_id, category, trashed_at);
CREATE INDEX files_by_storage_id ON files (storage_id);
CREATE INDEX files_by_generation ON files (generation_id) WHERE generation_id IS NOT NULL;
CREATE INDEX files_favourite ON files (user_id, favourite, trashed_at) WHERE favourite = 1;
CREATE INDEX files_in_trash ON files (user_id, trashed_at) WHERE trashed_at IS NOT NULL;

CREATE TABLE generation_files (
  generation_id INTEGER NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  position INTEGER NOT NULL,
  file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE RESTRICT,
  is_primary INTEGER NOT NULL DEFAULT 0 CHECK (is_primary IN (0, 1)),
  PRIMARY KEY (generation_id, role, position),
  CHECK ((role = 'product' AND position BETWEEN 0 AND 4)
      OR (role = 'model' AND position BETWEEN 0 AND 2)
      OR (role = 'result' AND position BETWEEN 0 AND 9)),
  CHECK (is_primary = 0 OR role = 'result')
) STRICT, WITHOUT ROWID;
CREATE INDEX generation_files_by_file ON generation_files (file_id);
CREATE UNIQUE INDEX generation_files_primary ON generation_files (generation_id)
  WHERE is_primary = 1;

CREATE TABLE generation_states (
  id INTEGER NOT NULL PRIMARY KEY,
  generation_id INTEGER NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
  status TEXT NOT NULL,
  at INTEGER NOT NULL,
  attempt INTEGER NOT NULL
) STRICT;
CREATE INDEX generation_states_by_generation ON generation_states (generation_id);

CREATE TABLE token_purchases (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  amount INTEGER NOT NULL CHECK (amount >= 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  tokens_received INTEGER NOT NULL CHECK (tokens_received > 0),
  status TEXT NOT NULL CHECK (status IN ('pending', 'completed', 'failed', 'refunded')),
  transaction_id TEXT NOT NULL,
  stripe_checkout_session_id TEXT UNIQUE,
  stripe_payment_intent_id TEXT,
  payment_method TEXT,
  package_name TEXT NOT NULL,
  display_name TEXT NOT NULL,
  error TEXT,
  refund_reason TEXT,
  created_at INTEGER NOT NULL,
  completed_at INTEGER
) STRICT;
CREATE INDEX token_purchases_by_user ON token_purchases (user_id);
CREATE UNIQUE INDEX token_purchases_by_stripe_payment_intent
  ON token_purchases (stripe_payment_intent_id);
CREATE UNIQUE INDEX token_purchases_by_transaction_id ON token_purchases (transaction_id);

CREATE TABLE token_entries (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id),
  kind TEXT NOT NULL CHECK (kind IN
    ('grant', 'purchase', 'hold', 'settle', 'release', 'refund')),
  delta INTEGER NOT NULL,
  settled INTEGER NOT NULL DEFAULT 0 CHECK (settled >= 0),
  balance_after INTEGER NOT NULL CONSTRAINT balance_covers CHECK (balance_after >= 0),
  generation_id INTEGER,
  purchase_id INTEGER,
  idempotency_key TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  CHECK (CASE kind
    WHEN 'hold' THEN delta <= 0 AND settled = 0
    WHEN 'settle' THEN delta >= 0
    WHEN 'release' THEN delta >= 0 AND settled = 0
    WHEN 'refund' THEN delta <= 0 AND settled = 0
    ELSE delta > 0 AND settled = 0 END)
) STRICT;
CREATE INDEX token_entries_by_user ON token_entries (user_id);
CREATE INDEX token_entries_by_generation ON token_entries (generation_id)
  WHERE generation_id IS NOT NULL;

CREATE TABLE usage (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  action TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  session TEXT,
  generation_id INTEGER,
  purchase_id INTEGER,
  file_id INTEGER,
  provider TEXT NOT NULL DEFAULT '',
  style TEXT NOT NULL DEFAULT '',
  tokens INTEGER NOT NULL DEFAULT 0,
  pictures INTEGER NOT NULL DEFAULT 0,
  duration_ms INTEGER NOT NULL DEFAULT 0,
  metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata))
) STRICT;
CREATE INDEX usage_by_user_and_timestamp ON usage (user_id, timestamp);
CREATE INDEX usage_by_action ON usage (action);
CREATE INDEX usage_by_user_and_action ON usage (user_id, action);

CREATE TABLE jobs (
  generation_id INTEGER NOT NULL PRIMARY KEY REFERENCES generations (id) ON DELETE CASCADE,
  intent_id TEXT NOT NULL UNIQUE,
  attempt INTEGER NOT NULL,
  provider TEXT NOT NULL,
  seed INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL DEFAULT 0,
  host TEXT,
  crashes INTEGER NOT NULL DEFAULT 0,
  submitted_at INTEGER,
  ref TEXT,
  outputs TEXT,
  stage TEXT NOT NULL DEFAULT '',
  progress REAL,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  review TEXT
) STRICT;
CREATE INDEX jobs_waiting ON jobs (rank) WHERE host IS NULL AND review IS NULL;
CREATE INDEX jobs_claimed ON jobs (host) WHERE host IS NOT NULL;

CREATE TABLE pauses (
  provider TEXT NOT NULL PRIMARY KEY,
  until INTEGER,
  reason TEXT NOT NULL,
  sentence TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE generation_counts (
  user_id INTEGER NOT NULL,
  status TEXT NOT NULL,
  number INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  PRIMARY KEY (user_id, status)
) STRICT, WITHOUT ROWID;

CREATE TABLE file_counts (
  user_id INTEGER NOT NULL,
  category TEXT NOT NULL,
  trashed INTEGER NOT NULL,
  number INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (user_id, category, trashed)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_days (
  user_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  action TEXT NOT NULL,
  provider TEXT NOT NULL,
  style TEXT NOT NULL,
  number INTEGER NOT NULL,
  pictures INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, day, action, provider, style)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE generation_search USING fts5 (
  owner, prompt, content='', contentless_delete=1,
  tokenize="unicode61 remove_diacritics 2", prefix='2 3'
);
CREATE VIRTUAL TABLE file_search USING fts5 (
  owner, name, prompt, content='', contentless_delete=1,
  tokenize="unicode61 remove_diacritics 2", prefix='2 3'
);
"""

# Each trigger keeps a rule even against a stray tool that opens the database.
TRIGGERS = (
    """
CREATE TRIGGER generations_legal_step BEFORE UPDATE OF status ON generations
WHEN OLD.status <> NEW.status AND (OLD.status || '>' || NEW.status) NOT IN (
  'pending>uploading', 'pending>failed', 'pending>cancelled',
  'uploading>processing', 'uploading>failed', 'uploading>cancelled',
  'processing>completed', 'processing>failed', 'processing>cancelled',
  'failed>pending')
BEGIN SELECT RAISE(ABORT, 'illegal step of a generation'); END
""",
    """
CREATE TRIGGER generations_begun AFTER INSERT ON generations
BEGIN
  INSERT INTO generation_states (generation_id, status, at, attempt)
    VALUES (NEW.id, NEW.status, NEW.updated_at, NEW.retry_count);
  INSERT INTO generation_counts (user_id, status, number, tokens)
    VALUES (NEW.user_id, NEW.status, 1, NEW.tokens_used)
    ON CONFLICT DO UPDATE SET number = number + 1, tokens = tokens + excluded.tokens;
  INSERT INTO generation_search (rowid, owner, prompt)
    VALUES (NEW.id, 'u' || NEW.user_id, NEW.prompt);
END
""",
    """
CREATE TRIGGER generations_stepped AFTER UPDATE OF status ON generations
WHEN OLD.status <> NEW.status
BEGIN
  INSERT INTO generation_states (generation_id, status, at, attempt)
    VALUES (NEW.id, NEW.status, NEW.updated_at, NEW.retry_count);
END
""",
    """
CREATE TRIGGER generations_recounted AFTER UPDATE OF status, tokens_used ON generations
BEGIN
  UPDATE generation_counts SET number = number - 1, tokens = tokens - OLD.tokens_used
    WHERE user_id = OLD.user_id AND status = OLD.status;
  INSERT INTO generation_counts (user_id, status, number, tokens)
    VALUES (NEW.user_id, NEW.status, 1, NEW.tokens_used)
    ON CONFLICT DO UPDATE SET number = number + 1, tokens = tokens + excluded.tokens;
END
""",
    """
CREATE TRIGGER generations_gone AFTER DELETE ON generations
BEGIN
  UPDATE generation_counts SET number = number - 1, tokens = tokens - OLD.tokens_used
    WHERE user_id = OLD.user_id AND status = OLD.status;
  DELETE FROM generation_search WHERE rowid = OLD.id;
END
""",
    """
CREATE TRIGGER generation_files_fit BEFORE INSERT ON generation_files
BEGIN
  SELECT RAISE(ABORT, 'a generation may only use fitting files of its own user')
  WHERE NOT EXISTS (
    SELECT 1 FROM files f JOIN generations g ON g.id = NEW.generation_id
    WHERE f.id = NEW.file_id AND f.user_id = g.user_id AND f.category = CASE NEW.role
      WHEN 'product' THEN 'product_image' WHEN 'model' THEN 'model_image'
      ELSE 'generated_image' END);
END
""",
    """
CREATE TRIGGER files_fixed BEFORE UPDATE OF user_id, storage_id, category, size ON files
WHEN OLD.user_id <> NEW.user_id OR OLD.storage_id <> NEW.storage_id
  OR OLD.category <> NEW.category OR OLD.size <> NEW.size
BEGIN SELECT RAISE(ABORT, 'a stored file never changes its bytes, owner or category'); END
""",
    """
CREATE TRIGGER files_joined AFTER INSERT ON files
BEGIN
  INSERT INTO file_counts (user_id, category, trashed, number, bytes)
    VALUES (NEW.user_id, NEW.category, NEW.trashed_at IS NOT NULL, 1, NEW.size)
    ON CONFLICT DO UPDATE SET number = number + 1, bytes = bytes + excluded.bytes;
  INSERT INTO file_search (rowid, owner, name, prompt)
    VALUES (NEW.id, 'u' || NEW.user_id, NEW.filename, coalesce(
      (SELECT prompt FROM generations WHERE id = NEW.generation_id), ''));
END
""",
    """
CREATE TRIGGER files_renamed AFTER UPDATE OF filename ON files
WHEN OLD.filename <> NEW.filename
BEGIN
  DELETE FROM file_search WHERE rowid = OLD.id;
  INSERT INTO file_search (rowid, owner, name, prompt)
    VALUES (NEW.id, 'u' || NEW.user_id, NEW.filename, coalesce(
      (SELECT prompt FROM generations WHERE id = NEW.generation_id), ''));
END
""",
    """
CREATE TRIGGER files_moved AFTER UPDATE OF trashed_at ON files
WHEN (OLD.trashed_at IS NULL) <> (NEW.trashed_at IS NULL)
BEGIN
  UPDATE file_counts SET number = number - 1, bytes = bytes - OLD.size
    WHERE user_id = OLD.user_id AND category = OLD.category
      AND trashed = (OLD.trashed_at IS NOT NULL);
  INSERT INTO file_counts (user_id, category, trashed, number, bytes)
    VALUES (NEW.user_id, NEW.category, NEW.trashed_at IS NOT NULL, 1, NEW.size)
    ON CONFLICT DO UPDATE SET number = number + 1, bytes = bytes + excluded.bytes;
END
""",
    """
CREATE TRIGGER files_gone AFTER DELETE ON files
BEGIN
  UPDATE file_counts SET number = number - 1, bytes = bytes - OLD.size
    WHERE user_id = OLD.user_id AND category = OLD.category
      AND trashed = (OLD.trashed_at IS NOT NULL);
  DELETE FROM file_search WHERE rowid = OLD.id;
END
""",
    """
CREATE TRIGGER token_purchases_legal_step BEFORE UPDATE OF status ON token_purchases
WHEN OLD.status <> NEW.status AND (OLD.status || '>' || NEW.status) NOT IN (
  'pending>completed', 'pending>failed', 'completed>refunded')
BEGIN SELECT RAISE(ABORT, 'illegal step of a purchase'); END
""",
    """
CREATE TRIGGER token_entries_stay BEFORE UPDATE ON token_entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
""",
    """
CREATE TRIGGER token_entries_last BEFORE DELETE ON token_entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
""",
    """
CREATE TRIGGER token_entries_counted AFTER INSERT ON token_entries
BEGIN
  UPDATE users SET
    token_balance = token_balance + NEW.delta,
    total_tokens_purchased =
      total_tokens_purchased + iif(NEW.kind = 'purchase', NEW.delta, 0),
    total_tokens_used = total_tokens_used + NEW.settled,
    free_tokens_granted = free_tokens_granted + iif(NEW.kind = 'grant', NEW.delta, 0)
    WHERE id = NEW.user_id;
  SELECT RAISE(ABORT, 'an entry must continue its user''s balance')
    WHERE NEW.balance_after <> (SELECT token_balance FROM users WHERE id = NEW.user_id);
END
""",
    """
CREATE TRIGGER usage_counted AFTER INSERT ON usage
BEGIN
  INSERT INTO usage_days
    (user_id, day, action, provider, style, number, pictures, tokens, duration_ms)
    VALUES (NEW.user_id, NEW.timestamp / 86400000, NEW.action, NEW.provider, NEW.style,
            1, NEW.pictures, NEW.tokens, NEW.duration_ms)
    ON CONFLICT DO UPDATE SET number = number + 1, pictures = pictures + excluded.pictures,
      tokens = tokens + excluded.tokens, duration_ms = duration_ms + excluded.duration_ms;
END
""",
    """
CREATE TRIGGER usage_uncounted AFTER DELETE ON usage
BEGIN
  UPDATE usage_days SET number = number - 1, pictures = pictures - OLD.pictures,
      tokens = tokens - OLD.tokens, duration_ms = duration_ms - OLD.duration_ms
    WHERE user_id = OLD.user_id AND day = OLD.timestamp / 86400000
      AND action = OLD.action AND provider = OLD.provider AND style = OLD.style;
END
""",
)


def up(_migrator: Any, db: Any) -> None:
    """Create every table, index and trigger."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            db.execute_sql(statement)
    for statement in TRIGGERS:
        db.execute_sql(statement)
