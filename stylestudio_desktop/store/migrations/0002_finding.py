# ruff: noqa: S608 - every statement here is put together from this module's own texts alone
"""Adds what finding needs: tags, notes, collections, stacks, kept facets, undo, watched folders."""

import logging
from typing import Any

_log = logging.getLogger(__name__)
_PORTION = 50_000

TABLES = """
ALTER TABLE files ADD COLUMN note TEXT CHECK (note <> '');
ALTER TABLE files ADD COLUMN stack_id INTEGER;
ALTER TABLE files ADD COLUMN colour INTEGER;

CREATE TABLE tags (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  name TEXT NOT NULL CHECK (name <> ''),
  folded TEXT NOT NULL CHECK (folded <> ''),
  UNIQUE (user_id, folded)
) STRICT;

CREATE TABLE file_tags (
  tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
  file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  PRIMARY KEY (tag_id, file_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_tags_by_file ON file_tags (file_id);

CREATE TABLE collections (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  name TEXT NOT NULL CHECK (name <> ''),
  folded TEXT NOT NULL CHECK (folded <> ''),
  description TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  position INTEGER NOT NULL,
  UNIQUE (user_id, folded)
) STRICT;

CREATE TABLE collection_files (
  collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  PRIMARY KEY (collection_id, file_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_files_by_file ON collection_files (file_id);
CREATE INDEX collection_files_by_position ON collection_files (collection_id, position);

CREATE TABLE saved_queries (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  name TEXT NOT NULL CHECK (name <> ''),
  folded TEXT NOT NULL CHECK (folded <> ''),
  query TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  position INTEGER NOT NULL,
  UNIQUE (user_id, folded)
) STRICT;

CREATE TABLE gallery_actions (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  forward TEXT NOT NULL CHECK (json_valid(forward)),
  number INTEGER NOT NULL CHECK (number >= 0),
  undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))
) STRICT;
CREATE INDEX gallery_actions_by_user ON gallery_actions (user_id, undone);

CREATE TABLE gallery_action_parts (
  action_id INTEGER NOT NULL REFERENCES gallery_actions (id) ON DELETE CASCADE,
  part INTEGER NOT NULL,
  was TEXT NOT NULL CHECK (json_valid(was)),
  undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
  PRIMARY KEY (action_id, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE watch_folders (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  path TEXT NOT NULL,
  category TEXT NOT NULL CHECK (category IN
    ('product_image', 'model_image', 'generated_image', 'profile_image')),
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  added_at INTEGER NOT NULL,
  UNIQUE (user_id, path)
) STRICT;

CREATE TABLE watched_files (
  folder_id INTEGER NOT NULL REFERENCES watch_folders (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('imported', 'refused')),
  PRIMARY KEY (folder_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX watched_files_by_look ON watched_files (folder_id, size, mtime);

CREATE TABLE file_facets (
  user_id INTEGER NOT NULL,
  facet TEXT NOT NULL,
  value TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (user_id, facet, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX files_by_style ON files (user_id, style, trashed_at, id, provider, rating, favourite)
  WHERE style IS NOT NULL;
CREATE INDEX files_by_provider ON files (user_id, provider, trashed_at)
  WHERE provider IS NOT NULL;
CREATE INDEX files_by_style_and_provider ON files (user_id, style, provider, trashed_at)
  WHERE style IS NOT NULL AND provider IS NOT NULL;
CREATE INDEX files_by_rating
  ON files (user_id, rating, trashed_at, id, favourite, style, provider, category)
  WHERE rating > 0;
CREATE INDEX files_by_stack ON files (stack_id) WHERE stack_id IS NOT NULL;
CREATE INDEX files_stacked ON files (user_id, trashed_at) WHERE stack_id IS NOT NULL;
CREATE INDEX files_noted ON files (user_id, trashed_at) WHERE note IS NOT NULL;
CREATE INDEX files_trashed ON files (user_id) WHERE trashed_at IS NOT NULL;
CREATE INDEX files_by_hash ON files (user_id, id, perceptual_hash, colour)
  WHERE perceptual_hash IS NOT NULL;
CREATE INDEX files_unseen ON files (user_id) WHERE colour IS NULL;
DROP INDEX files_favourite;
CREATE INDEX files_favourite
  ON files (user_id, favourite, trashed_at, id, rating, style, provider, category)
  WHERE favourite = 1;

DROP TRIGGER files_joined;
DROP TRIGGER files_renamed;
DROP TABLE file_search;
CREATE VIRTUAL TABLE file_search USING fts5 (
  owner, name, prompt, tags, notes, content='', contentless_delete=1,
  tokenize="unicode61 remove_diacritics 2", prefix='2 3'
);
"""

_TAGS_OF = """coalesce((SELECT group_concat(t.name, ' ') FROM file_tags l
  JOIN tags t ON t.id = l.tag_id WHERE l.file_id = f.id), '')"""
_WORDS = f"""
SELECT f.id, 'u' || f.user_id, f.filename, coalesce(g.prompt, ''), {_TAGS_OF},
  coalesce(f.note, '')
FROM files f LEFT JOIN generations g ON g.id = f.generation_id"""
_INTO = "INSERT INTO file_search (rowid, owner, name, prompt, tags, notes)"
_ADD = "ON CONFLICT DO UPDATE SET number = number + excluded.number"


def _again(file: str) -> str:
    return f"DELETE FROM file_search WHERE rowid = {file}; {_INTO} {_WORDS} WHERE f.id = {file};"


def _facets(row: str, number: int) -> str:
    """Return the statements that count a picture in (1) or out (-1) everywhere."""
    return f"""
  INSERT INTO file_facets (user_id, facet, value, number)
    SELECT {row}.user_id, facet, value, {number} FROM (
      SELECT 'category' AS facet, {row}.category AS value
      UNION ALL SELECT 'style', {row}.style
      UNION ALL SELECT 'provider', {row}.provider
      UNION ALL SELECT 'rating', {row}.rating || ''
      UNION ALL SELECT 'favourite', iif({row}.favourite, '1', NULL)
      UNION ALL SELECT 'noted', iif({row}.note IS NULL, NULL, '1')
      UNION ALL SELECT 'stacked', iif({row}.stack_id IS NULL, NULL, '1'))
    WHERE value IS NOT NULL {_ADD};"""


def _links(row: str, number: int) -> str:
    return f"""
  INSERT INTO file_facets (user_id, facet, value, number)
    SELECT {row}.user_id, 'tag', tag_id || '', {number} FROM file_tags
    WHERE file_id = {row}.id {_ADD};
  INSERT INTO file_facets (user_id, facet, value, number)
    SELECT {row}.user_id, 'collection', collection_id || '', {number} FROM collection_files
    WHERE file_id = {row}.id {_ADD};"""


def _one(facet: str, column: str) -> str:
    """Return the trigger that recounts one facet when its column changes on a live picture."""
    old, new = (f"iif(OLD.{column} IS NULL, NULL, '1')", f"iif(NEW.{column} IS NULL, NULL, '1')")
    if facet == "rating":
        old, new = "OLD.rating || ''", "NEW.rating || ''"
    if facet == "favourite":
        old, new = "iif(OLD.favourite, '1', NULL)", "iif(NEW.favourite, '1', NULL)"
    return f"""
CREATE TRIGGER files_{facet}_counted AFTER UPDATE OF {column} ON files
WHEN OLD.{column} IS NOT NEW.{column} AND OLD.trashed_at IS NULL AND NEW.trashed_at IS NULL
BEGIN
  INSERT INTO file_facets (user_id, facet, value, number)
    SELECT NEW.user_id, '{facet}', value, number
    FROM (SELECT {old} AS value, -1 AS number UNION ALL SELECT {new}, 1)
    WHERE value IS NOT NULL {_ADD};
END"""


def _member(table: str, key: str, facet: str, event: str, again: str) -> str:
    row, number = ("NEW", 1) if event == "INSERT" else ("OLD", -1)
    return f"""
CREATE TRIGGER {table}_{"joined" if number > 0 else "gone"} AFTER {event} ON {table}
BEGIN
  INSERT INTO file_facets (user_id, facet, value, number)
    SELECT f.user_id, '{facet}', {row}.{key} || '', {number} FROM files f
    WHERE f.id = {row}.file_id AND f.trashed_at IS NULL {_ADD};
  {again}
END"""


def _fits(table: str, owner: str, key: str) -> str:
    return f"""
CREATE TRIGGER {table}_fit BEFORE INSERT ON {table}
BEGIN
  SELECT RAISE(ABORT, 'pictures are ordered by their own user only')
  WHERE NOT EXISTS (SELECT 1 FROM files f JOIN {owner} o ON o.id = NEW.{key}
    WHERE f.id = NEW.file_id AND f.user_id = o.user_id);
END"""


TRIGGERS = (
    f"""
CREATE TRIGGER files_joined AFTER INSERT ON files
BEGIN
  INSERT INTO file_counts (user_id, category, trashed, number, bytes)
    VALUES (NEW.user_id, NEW.category, NEW.trashed_at IS NOT NULL, 1, NEW.size)
    ON CONFLICT DO UPDATE SET number = number + 1, bytes = bytes + excluded.bytes;
  {_INTO} VALUES (NEW.id, 'u' || NEW.user_id, NEW.filename, coalesce(
    (SELECT prompt FROM generations WHERE id = NEW.generation_id), ''), '',
    coalesce(NEW.note, ''));
END""",
    f"""
CREATE TRIGGER files_reworded AFTER UPDATE OF filename, note ON files
WHEN OLD.filename <> NEW.filename OR OLD.note IS NOT NEW.note
BEGIN {_again("NEW.id")} END""",
    f"""
CREATE TRIGGER tags_renamed AFTER UPDATE OF name ON tags WHEN OLD.name <> NEW.name
BEGIN
  DELETE FROM file_search WHERE rowid IN (SELECT file_id FROM file_tags WHERE tag_id = NEW.id);
  {_INTO} {_WORDS} WHERE f.id IN (SELECT file_id FROM file_tags WHERE tag_id = NEW.id);
END""",
    f"""
CREATE TRIGGER files_faceted AFTER INSERT ON files WHEN NEW.trashed_at IS NULL
BEGIN {_facets("NEW", 1)}
END""",
    f"""
CREATE TRIGGER files_trash_faceted AFTER UPDATE OF trashed_at ON files
WHEN OLD.trashed_at IS NULL AND NEW.trashed_at IS NOT NULL
BEGIN {_facets("OLD", -1)} {_links("OLD", -1)}
END""",
    f"""
CREATE TRIGGER files_restore_faceted AFTER UPDATE OF trashed_at ON files
WHEN OLD.trashed_at IS NOT NULL AND NEW.trashed_at IS NULL
BEGIN {_facets("NEW", 1)} {_links("NEW", 1)}
END""",
    f"""
CREATE TRIGGER files_leave_faceted BEFORE DELETE ON files WHEN OLD.trashed_at IS NULL
BEGIN {_facets("OLD", -1)}
END""",
    # The links go before the row does: their own triggers ask the row whether it counts.
    """
CREATE TRIGGER files_leave BEFORE DELETE ON files
BEGIN
  DELETE FROM file_tags WHERE file_id = OLD.id;
  DELETE FROM collection_files WHERE file_id = OLD.id;
END""",
    """
CREATE TRIGGER tags_leave BEFORE DELETE ON tags
BEGIN
  DELETE FROM file_tags WHERE tag_id = OLD.id;
  DELETE FROM file_facets WHERE user_id = OLD.user_id AND facet = 'tag' AND value = OLD.id || '';
END""",
    """
CREATE TRIGGER collections_leave BEFORE DELETE ON collections
BEGIN
  DELETE FROM collection_files WHERE collection_id = OLD.id;
  DELETE FROM file_facets
    WHERE user_id = OLD.user_id AND facet = 'collection' AND value = OLD.id || '';
END""",
    _one("rating", "rating"),
    _one("favourite", "favourite"),
    _one("noted", "note"),
    _one("stacked", "stack_id"),
    _fits("file_tags", "tags", "tag_id"),
    _fits("collection_files", "collections", "collection_id"),
    _member("file_tags", "tag_id", "tag", "INSERT", _again("NEW.file_id")),
    _member("file_tags", "tag_id", "tag", "DELETE", _again("OLD.file_id")),
    _member("collection_files", "collection_id", "collection", "INSERT", ""),
    _member("collection_files", "collection_id", "collection", "DELETE", ""),
)

COUNTED = (
    "SELECT user_id, 'category', category, count(*) FROM files WHERE trashed_at IS NULL"
    " GROUP BY 1, 3",
    "SELECT user_id, 'style', style, count(*) FROM files"
    " WHERE trashed_at IS NULL AND style IS NOT NULL GROUP BY 1, 3",
    "SELECT user_id, 'provider', provider, count(*) FROM files"
    " WHERE trashed_at IS NULL AND provider IS NOT NULL GROUP BY 1, 3",
    "SELECT user_id, 'rating', rating || '', count(*) FROM files WHERE trashed_at IS NULL"
    " GROUP BY 1, 3",
    "SELECT user_id, 'favourite', '1', count(*) FROM files"
    " WHERE trashed_at IS NULL AND favourite = 1 GROUP BY 1",
)


def up(_migrator: Any, db: Any) -> None:
    """Create the new tables, indexes and triggers, and fill search and facets from what is there.

    A library of a million pictures takes about a minute; each portion is logged.
    """
    for statement in TABLES.split(";\n"):
        if statement.strip():
            db.execute_sql(statement)
    _refill(db)
    for counted in COUNTED:
        db.execute_sql(f"INSERT INTO file_facets (user_id, facet, value, number) {counted}")
    for trigger in TRIGGERS:
        db.execute_sql(trigger)


def _refill(db: Any) -> None:
    number = db.execute_sql("SELECT count(*) FROM files").fetchone()[0]
    done, last = 0, -(1 << 63)
    next_portion = "SELECT id FROM files WHERE id > ? ORDER BY id LIMIT ?"
    while done < number:
        end, size = db.execute_sql(
            f"SELECT max(id), count(*) FROM ({next_portion})",
            (last, _PORTION),
        ).fetchone()
        db.execute_sql(f"{_INTO} {_WORDS} WHERE f.id > ? AND f.id <= ? ORDER BY f.id", (last, end))
        last, done = end, done + size
        _log.info("Indexing pictures for search: %d of %d", done, number)
