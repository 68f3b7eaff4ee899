"""Brings a database to the current schema: numbered migrations, forward only, after a backup."""

from collections.abc import Callable
from pathlib import Path

from stylestudio_desktop.domain.errors import StorageError, StorageNewer
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
APPLICATION_ID = 0x53545544
"""“STUD”: marks a file as one of our libraries (sqlite.org/pragma.html#pragma_application_id)."""

UPGRADE_MS = 300_000
"""How long a program waits for another that brings the library up to date."""


def current_version() -> int:
    """Return the schema version that this program writes: the newest migration's number."""
    return max(int(path.name[:4]) for path in MIGRATIONS.glob("[0-9]*.py"))


def refuse_newer(database: Database) -> None:
    """Raise StorageNewer when the database is newer than the program; nothing is changed."""
    version = int(database.value("PRAGMA user_version"))
    if version > current_version():
        raise StorageNewer(
            f"This library was written by a newer version of the program (schema {version}, this "
            f"program knows {current_version()}). It was not opened, so nothing in it is harmed. "
            "Install the newest version."
        )


def bring_up_to_date(database: Database, say: Callable[[str], None] = lambda _text: None) -> None:
    """Apply the missing migrations in one transaction: all of them, or none.

    A new database gets them all; an older one is first copied to `backups/` beside it and the
    copy is checked. Raises StorageNewer, with nothing changed, when the database is newer than
    the program, and StorageError when it is no library of ours.
    """
    newest = current_version()
    version = int(database.value("PRAGMA user_version"))
    if _is_foreign(database):
        raise StorageError(
            f"The file {database.path.name} is a database, but not a library of this program. "
            "Nothing was changed. Choose another workspace folder."
        )
    refuse_newer(database)
    database.use_wal()
    if version == newest:
        return
    if version > 0:
        from stylestudio_desktop.domain.keeping import Reason, SnapshotName
        from stylestudio_desktop.store.copying import snapshot

        say(f"Backing up the library before bringing it from schema {version} to {newest}")
        name = SnapshotName(now_ms(), version, Reason.MIGRATION)
        snapshot(database, database.path.parent / "backups" / str(name), base=True)
    _migrate(database, newest)


def _is_foreign(database: Database) -> bool:
    found = database.value(
        "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
        " AND (SELECT application_id FROM pragma_application_id) <> ?",
        (APPLICATION_ID,),
    )
    return int(found) > 0


def _migrate(database: Database, newest: int) -> None:
    from playhouse.migrations import Runner

    # Two programs may start at once: the second waits, however long it takes, and finds it done.
    with database.patient(UPGRADE_MS), database.write():
        if int(database.value("PRAGMA user_version")) == newest:
            return
        Runner(database.engine, str(MIGRATIONS)).up()
        database.run(f"PRAGMA application_id = {APPLICATION_ID}")
        database.run(f"PRAGMA user_version = {newest}")
