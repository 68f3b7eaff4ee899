"""Queries on people as profiles: listing, finding, locking, linking, and their end."""

from stylestudio_desktop.domain.account import Profile
from stylestudio_desktop.store.database import Database

_FIELDS = (
    "id, name, email, profile_image_id, created_at, last_login_at, locked_at,"
    " passphrase IS NOT NULL AS guarded"
)
_LIST = (
    f"SELECT {_FIELDS} FROM users WHERE deleted_at IS NULL AND id > ?"  # noqa: S608 - our own names
    " ORDER BY id LIMIT ?"
)
_BY_ID = f"SELECT {_FIELDS} FROM users WHERE id = ? AND deleted_at IS NULL"  # noqa: S608
_BY_EMAIL = f"SELECT {_FIELDS} FROM users WHERE email_norm = ? AND deleted_at IS NULL"  # noqa: S608
_BY_IDENTITY = (
    f"SELECT {_FIELDS} FROM users WHERE provider = ? AND external_id = ?"  # noqa: S608
    " AND deleted_at IS NULL"
)
# What a person left behind, in an order in which nothing refers to what is gone already.
_GENERATIONS = "SELECT id FROM generations WHERE user_id = ? LIMIT ?"
_FILES = "SELECT id, storage_id FROM files WHERE user_id = ? LIMIT ?"
_MADE = "SELECT id, storage_id FROM files WHERE generation_id = ?"
_REST = (
    "DELETE FROM batch_items WHERE batch_id IN (SELECT id FROM batches WHERE user_id = ?)",
    "DELETE FROM batch_counts WHERE batch_id IN (SELECT id FROM batches WHERE user_id = ?)",
    "DELETE FROM batches WHERE user_id = ?",
    "DELETE FROM tags WHERE user_id = ?",
    "DELETE FROM collections WHERE user_id = ?",
    "DELETE FROM saved_queries WHERE user_id = ?",
    "DELETE FROM gallery_actions WHERE user_id = ?",
    "DELETE FROM watch_folders WHERE user_id = ?",
    "DELETE FROM usage_days WHERE user_id = ?",
    "DELETE FROM generation_counts WHERE user_id = ?",
    "DELETE FROM file_counts WHERE user_id = ?",
    "DELETE FROM file_facets WHERE user_id = ?",
)
_USAGE = "DELETE FROM usage WHERE id IN (SELECT id FROM usage WHERE user_id = ? LIMIT ?)"
_LEFT = (
    "SELECT id FROM users WHERE deleted_at IS NOT NULL AND (EXISTS (SELECT 1 FROM generations g"
    " WHERE g.user_id = users.id) OR EXISTS (SELECT 1 FROM files f WHERE f.user_id = users.id) OR"
    " EXISTS (SELECT 1 FROM usage u WHERE u.user_id = users.id) OR EXISTS (SELECT 1 FROM tags t"
    " WHERE t.user_id = users.id) OR EXISTS (SELECT 1 FROM usage_days d"
    " WHERE d.user_id = users.id))"
)


def listing(db: Database, after: int, limit: int) -> list[Profile]:
    """Return profiles with an id above `after`, oldest first."""
    return [Profile._make(row) for row in db.rows(_LIST, (after, limit))]


def get(db: Database, user_id: int) -> Profile | None:
    """Return a profile, None if there is none (any more)."""
    row = db.row(_BY_ID, (user_id,))
    return None if row is None else Profile._make(row)


def by_email(db: Database, norm: str) -> Profile | None:
    """Return whose address this is, in the form in which addresses are compared."""
    row = db.row(_BY_EMAIL, (norm,))
    return None if row is None else Profile._make(row)


def by_identity(db: Database, provider: str, subject: str) -> Profile | None:
    """Return who a sign-in service's subject is here."""
    row = db.row(_BY_IDENTITY, (provider, subject))
    return None if row is None else Profile._make(row)


def passphrase(db: Database, user_id: int) -> str | None:
    """Return the hash of a profile's passphrase, None where it has none."""
    found = db.value("SELECT passphrase FROM users WHERE id = ?", (user_id,))
    return None if found is None else str(found)


def rename(db: Database, user_id: int, name: str) -> None:
    """Give a profile another name."""
    db.run("UPDATE users SET name = ? WHERE id = ?", (name, user_id))


def set_email(
    db: Database, user_id: int, email: str | None, norm: str | None, verified_at: int | None
) -> None:
    """Give a profile an address, or take it away. Raises RuleBroken if it is another's."""
    db.run(
        "UPDATE users SET email = ?, email_norm = ?, email_verified_at = ? WHERE id = ?",
        (email, norm, verified_at, user_id),
    )


def set_identity(db: Database, user_id: int, provider: str | None, subject: str | None) -> None:
    """Link a profile with a sign-in service's subject, or part them."""
    db.run(
        "UPDATE users SET provider = ?, external_id = ? WHERE id = ?", (provider, subject, user_id)
    )


def identity(db: Database, user_id: int) -> tuple[str, str] | None:
    """Return the sign-in service and its subject that a profile is linked with."""
    row = db.row("SELECT provider, external_id FROM users WHERE id = ?", (user_id,))
    return None if row is None or row[0] is None else (row[0], row[1])


def set_passphrase(db: Database, user_id: int, stored: str | None) -> None:
    """Guard a profile, or end that."""
    db.run(
        "UPDATE users SET passphrase = ?, locked_at = NULL WHERE id = ?",
        (stored, user_id),
    )


def set_locked(db: Database, user_id: int, at: int | None) -> None:
    """Lock a profile, or open it."""
    db.run("UPDATE users SET locked_at = ? WHERE id = ?", (at, user_id))


def set_seen(db: Database, user_id: int, at: int) -> None:
    """Note when somebody came to the desk last."""
    db.run("UPDATE users SET last_login_at = ? WHERE id = ?", (at, user_id))


def set_picture(db: Database, user_id: int, file_id: int | None) -> None:
    """Give a profile a picture, or none."""
    db.run("UPDATE users SET profile_image_id = ? WHERE id = ?", (file_id, user_id))


def open_generations(db: Database, user_id: int) -> list[tuple[int, str | None]]:
    """Return (generation, host that works on it) of everything of a person's that is not over."""
    found = db.rows(
        "SELECT g.id, j.host FROM generations g LEFT JOIN jobs j ON j.generation_id = g.id"
        " WHERE g.user_id = ? AND g.status IN ('pending', 'uploading', 'processing')",
        (user_id,),
    )
    return [(row[0], row[1]) for row in found]


def anonymise(db: Database, user_id: int, at: int) -> None:
    """Take everything personal from a row that the ledger and the purchases still need."""
    db.run(
        "UPDATE users SET name = '', email = NULL, email_norm = NULL, email_verified_at = NULL,"
        " profile_image_id = NULL, last_login_at = NULL, external_id = NULL, provider = NULL,"
        " passphrase = NULL, locked_at = NULL, deleted_at = ? WHERE id = ?",
        (at, user_id),
    )
    db.run("UPDATE batches SET status = 'cancelled' WHERE user_id = ?", (user_id,))


def leaving(db: Database) -> list[int]:
    """Return deleted people of whom something is still there: a crash came between."""
    return [row[0] for row in db.rows(_LEFT)]


def take_generations(db: Database, user_id: int, limit: int) -> tuple[int, list[str]]:
    """Remove some generations with their results; return how many, and whose bytes may go."""
    ids = [row[0] for row in db.rows(_GENERATIONS, (user_id, limit))]
    loose: list[str] = []
    for generation_id in ids:
        made = db.rows(_MADE, (generation_id,))
        db.run("DELETE FROM generation_files WHERE generation_id = ?", (generation_id,))
        for file_id, storage_id in made:
            db.run("DELETE FROM files WHERE id = ?", (file_id,))
            loose.append(storage_id)
        db.run("DELETE FROM generations WHERE id = ?", (generation_id,))
    return len(ids), loose


def take_files(db: Database, user_id: int, limit: int) -> tuple[int, list[str]]:
    """Remove some pictures; return how many, and whose bytes may go."""
    found = db.rows(_FILES, (user_id, limit))
    for file_id, _ in found:
        db.run("DELETE FROM files WHERE id = ?", (file_id,))
    return len(found), [row[1] for row in found]


def take_usage(db: Database, user_id: int, limit: int) -> tuple[int, list[str]]:
    """Remove some records of the log; return how many, and no bytes."""
    return db.run(_USAGE, (user_id, limit)), []


def take_rest(db: Database, user_id: int) -> None:
    """Remove everything else of a person's but purchases, refunds and the ledger."""
    for statement in _REST:
        db.run(statement, (user_id,))


def is_proven(db: Database, user_id: int) -> bool:
    """Say whether a sign-in service has verified the profile's address."""
    return db.value("SELECT email_verified_at FROM users WHERE id = ?", (user_id,)) is not None
