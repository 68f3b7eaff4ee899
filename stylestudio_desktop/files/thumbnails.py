"""Keeps thumbnails ready in one database of their own, which may be lost at any time."""

import contextlib
import logging
import os
import threading
import time
import weakref
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.bounds import STORED_LIMITS, Limits, Tier
from stylestudio_desktop.files.disk import make_private_folder, storing
from stylestudio_desktop.files.store import check_storage_id

if TYPE_CHECKING:
    from stylestudio_desktop.files.scaling import Rendered

T = TypeVar("T")
_log = logging.getLogger(__name__)
_BUSY_S = 5.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS thumbnails (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL, tier INTEGER NOT NULL, crc INTEGER NOT NULL,
    bytes BLOB NOT NULL
)"""
_INDEX = "CREATE UNIQUE INDEX IF NOT EXISTS thumbnails_by_digest ON thumbnails (digest, tier)"
_GET = "SELECT crc, bytes FROM thumbnails WHERE digest = ? AND tier = ?"
_PUT = "INSERT OR REPLACE INTO thumbnails (digest, tier, crc, bytes) VALUES (?, ?, ?, ?)"
_HAS = "SELECT count(*) FROM thumbnails WHERE digest = ?"
_DROP = "DELETE FROM thumbnails WHERE digest = ?"


def _sqlite() -> Any:
    """Return the SQLite that Peewee chose: two copies in one process break each other's locks."""
    import peewee

    return peewee.sqlite3  # type: ignore[attr-defined]


class ThumbnailCache:
    """Encoded thumbnails by (storage id, tier), shared by threads and processes.

    It is a cache: a write that fails is logged and forgotten, a damaged file is set aside and
    begun anew, and neither ever becomes the user's error. One connection for each thread.
    """

    def __init__(self, path: Path, limits: Limits = STORED_LIMITS) -> None:
        """Use the database at `path`, made on first use."""
        self.path = path
        self._limits = limits
        self._local = threading.local()
        self._lock = threading.RLock()
        self._age = 0
        self._open: weakref.WeakKeyDictionary[threading.Thread, Any] = weakref.WeakKeyDictionary()

    def get(self, storage_id: str, tier: Tier) -> bytes | None:
        """Return the encoded thumbnail (JPEG or WebP), None if it is not kept or damaged."""
        key = _key(storage_id)

        def read(connection: Any) -> bytes | None:
            row = connection.execute(_GET, (key, int(tier))).fetchone()
            if row is None:
                return None
            encoded = bytes(row[1])
            # SQLite does not notice a flipped bit inside a blob; the pane would draw it.
            return encoded if zlib.crc32(encoded) == row[0] else None

        return self._run(read, None)

    def put_many(self, rendered: "Iterable[tuple[str, Rendered]]") -> None:
        """Keep the thumbnails of many pictures in one transaction."""
        rows = [
            (_key(storage_id), int(tier), zlib.crc32(one.tier(tier)), one.tier(tier))
            for storage_id, one in rendered
            for tier in Tier
        ]

        def write(connection: Any) -> None:
            with _transaction(connection):
                connection.executemany(_PUT, rows)

        self._run(write, None)

    def make(self, storage_id: str, source: Path) -> "Rendered":
        """Render both sizes of the picture at `source`, keep them, and return them.

        Raises BadInput if the picture cannot be decoded.
        """
        from stylestudio_desktop.files.scaling import render

        check_storage_id(storage_id)
        rendered = render(source, self._limits)
        self.put_many([(storage_id, rendered)])
        return rendered

    def ensure(self, storage_id: str, tier: Tier, source: Path) -> bytes | None:
        """Return the thumbnail, made anew from `source` if missing; None if that is impossible."""
        found = self.get(storage_id, tier)
        if found is not None:
            return found
        try:
            return self.make(storage_id, source).tier(tier)
        except BadInput as error:  # the picture's own row tells the user, once, that it is broken
            _log.warning("no thumbnail for %s: %s", storage_id, error.sentence)
            return None

    def has(self, storage_id: str) -> bool:
        """Return whether both sizes are kept."""
        key = _key(storage_id)
        return self._run(
            lambda connection: connection.execute(_HAS, (key,)).fetchone()[0] == len(Tier), False
        )

    def drop(self, storage_id: str) -> None:
        """Forget both sizes of one picture."""
        key = _key(storage_id)

        def delete(connection: Any) -> None:
            with _transaction(connection):
                connection.execute(_DROP, (key,))

        self._run(delete, None)

    def close(self) -> None:
        """Close the connections of all threads, which must not be at work; next use reopens."""
        with self._lock:
            self._age += 1
            for connection in list(self._open.values()):
                connection.close()
            self._open.clear()

    def _run(self, work: Callable[[Any], T], otherwise: T) -> T:
        """Return `work(connection)`; after damage once more on a new file, then `otherwise`."""
        sqlite = _sqlite()
        for _ in range(2):
            try:
                return work(self._connection())
            except sqlite.OperationalError as error:
                if "no such" not in str(error):  # full, locked or read-only: no damage
                    _log.warning("thumbnail cache not usable now: %s", error)
                    break
                self._set_aside(error)
            except sqlite.DatabaseError as error:
                self._set_aside(error)
        return otherwise

    def _connection(self) -> Any:
        local = self._local
        if getattr(local, "connection", None) is None or local.age != self._age:
            with self._lock:
                local.age = self._age
                local.connection = None
                local.connection = self._connect()
        return local.connection

    def _connect(self) -> Any:
        with storing("opening the cache of thumbnails"):
            make_private_folder(self.path.parent)
            # SQLite would make it readable for others. Never opened by us when it exists:
            # closing any descriptor of a file drops this process's locks on it.
            with contextlib.suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        self._local.file = self.path.stat().st_ino
        connection = _sqlite().connect(
            str(self.path), timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._open[threading.current_thread()] = connection
        return connection

    @staticmethod
    def _prepare(connection: Any) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # a lost commit is made again
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute("PRAGMA cache_size = -4096")
        connection.execute(_SCHEMA)
        connection.execute(_INDEX)

    def _set_aside(self, error: Exception) -> None:
        """Rename the damaged file, unless another thread or process has done so already.

        Other threads' connections stay on the renamed file until their next use: closing them
        from here could pull a statement from under its thread. On Windows an open file keeps its
        name; the cache then gives nothing until the next start, which sets it aside.
        """
        with self._lock:
            if self._local.connection is not None:
                self._local.connection.close()
                self._local.connection = None
            with contextlib.suppress(FileNotFoundError):
                if self.path.stat().st_ino != self._local.file:
                    return
            _log.warning("thumbnail cache is damaged, beginning a new one: %s", error)
            self._age += 1
            moment = time.time_ns() // 1_000_000
            aside = f"{self.path.with_suffix('')}.damaged-{moment}{self.path.suffix}"
            for older in self.path.parent.glob(f"{self.path.stem}.damaged-*"):
                older.unlink(missing_ok=True)  # the last one is enough to look into
            for ending in ("-wal", "-shm", ""):
                with contextlib.suppress(OSError):  # gone already, or open elsewhere on Windows
                    Path(f"{self.path}{ending}").replace(f"{aside}{ending}")


def _key(storage_id: str) -> bytes:
    return bytes.fromhex(check_storage_id(storage_id))


@contextlib.contextmanager
def _transaction(connection: Any) -> Any:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
