"""Queries on watched folders and on what each of them brought already."""

from stylestudio_desktop.domain.records import WatchedFile, WatchFolder
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.gallery_tables import WatchedFiles, WatchFolders
from stylestudio_desktop.store.rows import columns, inserting, setting
from stylestudio_desktop.store.tables import PLACE

_FIELDS = columns(WatchFolders, WatchFolder)
_INSERT = inserting(WatchFolders, [WatchFolders.id, WatchFolders.user_id, *_FIELDS[1:]])
_LIST = Prepared(WatchFolders.select(*_FIELDS).where(WatchFolders.user_id == PLACE))
_MINE = (WatchFolders.id == PLACE) & (WatchFolders.user_id == PLACE)
_ENABLE = setting(WatchFolders, [WatchFolders.enabled], _MINE)
_DELETE = Prepared(WatchFolders.delete().where(_MINE))
_KNOWN = Prepared(
    WatchedFiles.select(*columns(WatchedFiles, WatchedFile)).where(WatchedFiles.folder_id == PLACE)
)
_NOTE = (
    "INSERT INTO watched_files (folder_id, name, size, mtime, state) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET size = excluded.size, mtime = excluded.mtime,"
    " state = excluded.state"
)
_DROP = Prepared(
    WatchedFiles.delete().where((WatchedFiles.folder_id == PLACE) & (WatchedFiles.name == PLACE))
)


def insert(db: Database, user_id: int, row: WatchFolder) -> None:
    """Add a folder to watch. Raises RuleBroken if it is watched already."""
    db.run(_INSERT, (row.id, user_id, *row[1:]))


def listing(db: Database, user_id: int) -> list[WatchFolder]:
    """Return the user's watched folders, oldest first."""
    return sorted(WatchFolder._make(row) for row in db.rows(_LIST, (user_id,)))


def enable(db: Database, user_id: int, folder_id: int, enabled: bool) -> bool:
    """Watch a folder, or rest; False if it is not there."""
    return db.run(_ENABLE, (int(enabled), folder_id, user_id)) > 0


def delete(db: Database, user_id: int, folder_id: int) -> bool:
    """Watch a folder no longer; what it brought stays. False if it is not there."""
    return db.run(_DELETE, (folder_id, user_id)) > 0


def known(db: Database, folder_id: int) -> dict[str, WatchedFile]:
    """Return what a folder brought already, by name."""
    return {row[0]: WatchedFile._make(row) for row in db.rows(_KNOWN, (folder_id,))}


def note(db: Database, folder_id: int, row: WatchedFile) -> None:
    """Remember that a file was dealt with as it is now."""
    db.run(_NOTE, (folder_id, *row))


def drop(db: Database, folder_id: int, name: str) -> None:
    """Forget a file that is not in the folder any more."""
    db.run(_DROP, (folder_id, name))
