"""Batches: many wishes under one name and one budget, their rows, and counts that are kept."""

from typing import Any

STATEMENTS = (
    """
CREATE TABLE batches (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'paused', 'done', 'cancelled')),
  reason TEXT,
  sentence TEXT,
  budget INTEGER NOT NULL CHECK (budget >= 0),
  total INTEGER NOT NULL CHECK (total > 0),
  price INTEGER NOT NULL CHECK (price >= 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX batches_by_user ON batches (user_id)",
    "CREATE INDEX batches_running ON batches (status) WHERE status = 'running'",
    """
CREATE TABLE batch_items (
  batch_id INTEGER NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  line INTEGER,
  sku TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL DEFAULT '',
  wish TEXT NOT NULL CHECK (json_valid(wish)),
  price INTEGER NOT NULL CHECK (price >= 0),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'started', 'refused', 'dropped')),
  error TEXT,
  generation_id INTEGER REFERENCES generations (id) ON DELETE SET NULL,
  PRIMARY KEY (batch_id, position)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX batch_items_waiting ON batch_items (batch_id, position) WHERE state = 'waiting'",
    "CREATE INDEX batch_items_by_generation ON batch_items (generation_id)"
    " WHERE generation_id IS NOT NULL",
    # The queue is taken in this order, service by service; a batch makes it long.
    "DROP INDEX jobs_waiting",
    "CREATE INDEX jobs_in_turn ON jobs (provider, (submitted_at IS NULL), submitted_at, rank)"
    " WHERE host IS NULL AND review IS NULL",
    "ALTER TABLE generations ADD COLUMN batch_id INTEGER REFERENCES batches (id)",
    "CREATE INDEX generations_by_batch ON generations (batch_id) WHERE batch_id IS NOT NULL",
    """
CREATE TABLE batch_counts (
  batch_id INTEGER NOT NULL,
  status TEXT NOT NULL,
  number INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  PRIMARY KEY (batch_id, status)
) STRICT, WITHOUT ROWID""",
    """
CREATE TRIGGER batch_items_joined AFTER INSERT ON batch_items WHEN NEW.state <> 'started'
BEGIN
  INSERT INTO batch_counts (batch_id, status, number, tokens) VALUES (NEW.batch_id, NEW.state, 1, 0)
    ON CONFLICT DO UPDATE SET number = number + 1;
END""",
    """
CREATE TRIGGER batch_items_legal_step BEFORE UPDATE OF state ON batch_items
WHEN OLD.state <> NEW.state AND OLD.state <> 'waiting'
BEGIN SELECT RAISE(ABORT, 'illegal step of a batch''s row'); END""",
    """
CREATE TRIGGER batch_items_recounted AFTER UPDATE OF state ON batch_items
WHEN OLD.state <> NEW.state
BEGIN
  UPDATE batch_counts SET number = number - 1 WHERE batch_id = OLD.batch_id AND status = OLD.state;
  INSERT INTO batch_counts (batch_id, status, number, tokens)
    SELECT NEW.batch_id, NEW.state, 1, 0 WHERE NEW.state <> 'started'
    ON CONFLICT DO UPDATE SET number = number + 1;
END""",
    """
CREATE TRIGGER generations_batched AFTER INSERT ON generations WHEN NEW.batch_id IS NOT NULL
BEGIN
  INSERT INTO batch_counts (batch_id, status, number, tokens)
    VALUES (NEW.batch_id, NEW.status, 1, NEW.tokens_used)
    ON CONFLICT DO UPDATE SET number = number + 1, tokens = tokens + excluded.tokens;
  SELECT RAISE(ABORT, 'batch budget used up')
    WHERE (SELECT sum(tokens) FROM batch_counts WHERE batch_id = NEW.batch_id)
      > (SELECT budget FROM batches WHERE id = NEW.batch_id);
END""",
    """
CREATE TRIGGER generations_batch_recounted AFTER UPDATE OF status, tokens_used ON generations
WHEN NEW.batch_id IS NOT NULL
BEGIN
  UPDATE batch_counts SET number = number - 1, tokens = tokens - OLD.tokens_used
    WHERE batch_id = OLD.batch_id AND status = OLD.status;
  INSERT INTO batch_counts (batch_id, status, number, tokens)
    VALUES (NEW.batch_id, NEW.status, 1, NEW.tokens_used)
    ON CONFLICT DO UPDATE SET number = number + 1, tokens = tokens + excluded.tokens;
  SELECT RAISE(ABORT, 'batch budget used up')
    WHERE NEW.tokens_used > OLD.tokens_used
      AND (SELECT sum(tokens) FROM batch_counts WHERE batch_id = NEW.batch_id)
        > (SELECT budget FROM batches WHERE id = NEW.batch_id);
END""",
    """
CREATE TRIGGER generations_batch_fixed BEFORE UPDATE OF batch_id ON generations
WHEN OLD.batch_id IS NOT NEW.batch_id
BEGIN SELECT RAISE(ABORT, 'a generation never changes its batch'); END""",
    """
CREATE TRIGGER generations_unbatched AFTER DELETE ON generations WHEN OLD.batch_id IS NOT NULL
BEGIN
  UPDATE batch_counts SET number = number - 1, tokens = tokens - OLD.tokens_used
    WHERE batch_id = OLD.batch_id AND status = OLD.status;
END""",
)


def up(_migrator: Any, db: Any) -> None:
    """Make the tables, join generations to them, and keep their counts."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
