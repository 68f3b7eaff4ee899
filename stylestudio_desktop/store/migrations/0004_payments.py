"""Purchases know their gateway, mode and order; refunds and disputes are booked by their own id."""

from typing import Any

STATEMENTS = (
    "ALTER TABLE token_purchases ADD COLUMN gateway TEXT",
    "ALTER TABLE token_purchases ADD COLUMN mode TEXT CHECK (mode IN ('test', 'live'))",
    "ALTER TABLE token_purchases ADD COLUMN request TEXT"
    " CHECK (request IS NULL OR json_valid(request))",
    "ALTER TABLE token_purchases ADD COLUMN checkout_url TEXT",
    "ALTER TABLE token_purchases ADD COLUMN receipt TEXT",
    """
CREATE INDEX token_purchases_pending ON token_purchases (user_id) WHERE status = 'pending'""",
    """
CREATE INDEX token_purchases_by_mode ON token_purchases (mode) WHERE mode IS NOT NULL""",
    """
CREATE TABLE token_refunds (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  purchase_id INTEGER NOT NULL REFERENCES token_purchases (id),
  kind TEXT NOT NULL CHECK (kind IN ('refund', 'dispute')),
  status TEXT NOT NULL CHECK (status IN ('asked', 'pending', 'done', 'reversed')),
  remote_id TEXT UNIQUE,
  amount INTEGER NOT NULL CHECK (amount > 0),
  tokens INTEGER NOT NULL CHECK (tokens >= 0),
  taken INTEGER NOT NULL CHECK (taken BETWEEN 0 AND tokens),
  reason TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (status IN ('asked', 'reversed') OR remote_id IS NOT NULL)
) STRICT""",
    "CREATE INDEX token_refunds_by_purchase ON token_refunds (purchase_id)",
    """
CREATE INDEX token_refunds_owed ON token_refunds (user_id)
  WHERE taken < tokens AND status <> 'reversed'""",
    """
CREATE INDEX token_refunds_open ON token_refunds (status)
  WHERE status IN ('asked', 'pending')""",
    """
CREATE TRIGGER token_refunds_legal_step BEFORE UPDATE OF status ON token_refunds
WHEN OLD.status <> NEW.status AND (OLD.status || '>' || NEW.status) NOT IN (
  'asked>pending', 'asked>done', 'asked>reversed',
  'pending>done', 'pending>reversed', 'done>reversed')
BEGIN SELECT RAISE(ABORT, 'illegal step of a refund'); END""",
    """
CREATE TRIGGER token_refunds_fixed
BEFORE UPDATE OF user_id, purchase_id, kind, amount, tokens ON token_refunds
WHEN OLD.user_id <> NEW.user_id OR OLD.purchase_id <> NEW.purchase_id OR OLD.kind <> NEW.kind
  OR OLD.amount <> NEW.amount OR OLD.tokens <> NEW.tokens
BEGIN SELECT RAISE(ABORT, 'a refund never changes what it is for'); END""",
    """
CREATE TRIGGER token_refunds_kept BEFORE DELETE ON token_refunds
BEGIN SELECT RAISE(ABORT, 'refunds are kept, as bookkeeping needs'); END""",
    """
CREATE TRIGGER token_purchases_kept BEFORE DELETE ON token_purchases
BEGIN SELECT RAISE(ABORT, 'purchases are kept, as bookkeeping needs'); END""",
    # The kinds of entries are part of the table, so the table is made anew around its rows.
    "DROP TRIGGER token_entries_stay",
    "DROP TRIGGER token_entries_last",
    "DROP TRIGGER token_entries_counted",
    "DROP TRIGGER token_entries_once",
    "DROP INDEX token_entries_by_user",
    "DROP INDEX token_entries_by_generation",
    "ALTER TABLE token_entries RENAME TO token_entries_before",
    """
CREATE TABLE token_entries (
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id),
  kind TEXT NOT NULL CHECK (kind IN
    ('grant', 'purchase', 'hold', 'settle', 'release', 'refund', 'reinstate')),
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
) STRICT""",
    """
INSERT INTO token_entries (id, user_id, kind, delta, settled, balance_after, generation_id,
  purchase_id, idempotency_key, created_at)
SELECT id, user_id, kind, delta, settled, balance_after, generation_id,
  purchase_id, idempotency_key, created_at FROM token_entries_before ORDER BY id""",
    "DROP TABLE token_entries_before",
    "CREATE INDEX token_entries_by_user ON token_entries (user_id)",
    """
CREATE INDEX token_entries_by_generation ON token_entries (generation_id)
  WHERE generation_id IS NOT NULL""",
    """
CREATE INDEX token_entries_by_purchase ON token_entries (purchase_id)
  WHERE purchase_id IS NOT NULL""",
    """
CREATE TRIGGER token_entries_stay BEFORE UPDATE ON token_entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """
CREATE TRIGGER token_entries_last BEFORE DELETE ON token_entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """
CREATE TRIGGER token_entries_once BEFORE INSERT ON token_entries
BEGIN
  SELECT RAISE(ABORT, 'UNIQUE constraint failed: token_entries.idempotency_key')
  WHERE EXISTS (SELECT 1 FROM token_entries WHERE idempotency_key = NEW.idempotency_key);
  SELECT RAISE(ABORT, 'UNIQUE constraint failed: token_entries.id')
  WHERE EXISTS (SELECT 1 FROM token_entries WHERE id = NEW.id);
END""",
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
END""",
)


def up(_migrator: Any, db: Any) -> None:
    """Widen purchases, add refunds, and let the ledger give back what a refund took."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
