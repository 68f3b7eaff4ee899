"""Opens the library database safely, and turns what storage does wrong into typed errors."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

import peewee

from stylestudio_desktop.domain.errors import Code, StorageBusy, StorageError, StorageFull
from stylestudio_desktop.store import diagnoses
from stylestudio_desktop.store.diagnoses import BUSY_MS, SAFE
from stylestudio_desktop.store.journal import Journal
from stylestudio_desktop.store.journal_notes import FOLDER
from stylestudio_desktop.store.seals import Seals

LEAST_SQLITE = (3, 51, 3)
"""The first release without the WAL-reset race (sqlite.org/wal.html#walresetbug)."""

SQLITE: Any = vars(peewee)["sqlite3"]
"""The SQLite library that Peewee chose; two of them on one file in one process lose locks."""

STATEMENTS = 1000
"""Statements that a connection keeps ready. The driver's own 100 are full once a library is open;
then each was prepared anew at every call, which took three to six times as long as running it."""
_SMALLEST = 512  # one page of the smallest size; SQLite takes a shorter file for an empty one
# Each of some ten threads fills a cache of its own while one scrolls. Twice as much, or eight times
# as much, reads no list sooner.
_PRAGMAS = (
    ("busy_timeout", BUSY_MS),
    ("synchronous", "full"),
    ("foreign_keys", 1),
    ("trusted_schema", 0),
    ("cell_size_check", 1),
    ("cache_size", -4_000),
    ("temp_store", "memory"),
)

NO_ROOM = (28, 122)  # ENOSPC, EDQUOT
_INDEX = 32 * 1024
_AMPLE = 1_048_576
"""Bytes free from which on nobody has to try whether there is room for an index."""

Values = Sequence[Any]
Sql: TypeAlias = "str | Prepared"


def _need_room(path: Path) -> None:
    """Raise StorageFull where the index of the write-ahead log would find no room.

    SQLite maps that into memory. Where blocks are smaller than pages of memory, or what is written
    is copied first, as on btrfs, a full disk then ends the program with a bus error.
    """
    try:
        if shutil.disk_usage(path.parent).free >= _AMPLE or _has_index(path):
            return
        import tempfile  # hardly ever needed

        with tempfile.TemporaryFile(dir=path.parent, buffering=0) as trial:
            trial.write(b"x" * _INDEX)
            os.fsync(trial.fileno())
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StorageFull(
                f"The disk of {path.parent} is full, so the library can't be opened. Nothing was "
                "changed. Free some space, then start again."
            ) from error


def _has_index(path: Path) -> bool:
    """Say whether an index lies there without holes, as beside a library that is open."""
    with suppress(OSError):
        found = path.with_name(path.name + "-shm").stat()
        return 0 < found.st_size <= getattr(found, "st_blocks", 0) * 512
    return False


class Database:
    """One library database: reads on any thread, writes one at a time.

    Every thread has a connection of its own. A write is a BEGIN IMMEDIATE transaction, so it
    never has to upgrade a lock and never fails half-way for that.
    """

    def __init__(self, path: Path) -> None:
        """Name the database at `path`; nothing is opened or made yet."""
        self.path = path
        self.engine = peewee.SqliteDatabase(
            None, pragmas=_PRAGMAS, lock_type="IMMEDIATE", autoconnect=True
        )
        self._writing = threading.RLock()
        self._after: list[Callable[[], None]] = []
        self.seals = Seals()
        self.journal: Journal | None = None

    def open(self) -> None:
        """Open the file, made with mode 0600 if it is not there. Raises StorageError."""
        if SQLITE.sqlite_version_info < LEAST_SQLITE:
            raise StorageError(
                f"This program needs SQLite {'.'.join(map(str, LEAST_SQLITE))} or newer and found "
                f"{SQLITE.sqlite_version}, which can lose data. Nothing was opened. "
                "Run the set-up again."
            )
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            size = os.fstat(descriptor).st_size
            os.close(descriptor)
        except OSError as error:
            raise StorageError(
                f"The library at {self.path} can't be opened: {error.strerror}. Nothing was "
                "changed. Check that the folder is there and that you may write to it."
            ) from error
        if 0 < size < _SMALLEST:
            raise diagnoses.damaged(f"only {size} bytes are left of it")
        _need_room(self.path)
        pragmas: tuple[tuple[str, int | str], ...] = _PRAGMAS
        if (self.path.parent / FOLDER).is_dir():
            pragmas = (*pragmas, ("wal_autocheckpoint", 0))
            self.journal = Journal(self.path, self._bare)
        with translated:
            self.engine.init(
                str(self.path),
                pragmas=pragmas,
                timeout=BUSY_MS // 1000,
                cached_statements=STATEMENTS,
            )
            self.engine.connect(reuse_if_open=True)

    def _bare(self) -> Any:
        """Open a connection for the journal, which looks at the log and reads no rows."""
        connection = SQLITE.connect(self.path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("PRAGMA cache_size = 10")
        return connection

    def use_wal(self) -> None:
        """Write ahead from now on, on every connection; the file itself remembers it.

        No part of opening, because it changes the file: only a library of ours gets it. Programs
        that begin a library at once stand in each other's way here, each with a lock that the
        others wait for; so each waits shortly, lets go and tries again. Raises StorageBusy.
        """
        until = time.monotonic() + BUSY_MS / 1000
        while self.value("PRAGMA journal_mode") != "wal":
            try:
                with self.patient(50):
                    self.value("PRAGMA journal_mode = wal")
                return  # or the disk knows no such thing, which SQLite tells by changing nothing
            except StorageBusy:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01 + os.getpid() % 16 / 1000)

    def close(self) -> None:
        """Close this thread's connection, and the journal's own."""
        self._leave()
        if self.journal is not None:
            self.journal.close()

    def leave_journal(self) -> None:
        """Copy what is new, and go on without the journal and its connection."""
        if self.journal is not None:
            self.journal.close()
            self.journal = None

    def _leave(self) -> None:
        if not self.engine.is_closed():
            if self.journal is not None:
                self.journal.copy(patient=True)
            self.engine.close()

    @contextmanager
    def connection(self) -> Iterator[None]:
        """Hold a connection for the length of a thread's work, and close it afterwards."""
        with translated:
            self.engine.connect(reuse_if_open=True)
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def write(self) -> Iterator[None]:
        """Run one transaction; all of it is durable afterwards, or none of it happened.

        Nested use joins the outer transaction. Raises StorageFull, StorageBusy, StorageError or
        IllegalStep in place of the engine's own errors.
        """
        with self._writing:
            if self.engine.in_transaction():
                yield
                return
            self._after.clear()
            if self.journal is not None:
                self.journal.before_write()
            with translated, self.engine.atomic("IMMEDIATE"):
                if self.journal is not None:
                    self.journal.begun()
                yield
            if self.journal is not None:
                self.journal.after_write()
            after, self._after = self._after, []
        for callback in after:
            callback()

    @contextmanager
    def patient(self, milliseconds: int) -> Iterator[None]:
        """Wait that long for other programs meanwhile, on this thread's connection."""
        self.run(f"PRAGMA busy_timeout = {milliseconds}")
        try:
            yield
        finally:
            self.run(f"PRAGMA busy_timeout = {BUSY_MS}")

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` once the running transaction is durable, or at once outside of one."""
        if self.engine.in_transaction():
            self._after.append(callback)
        else:
            callback()

    def run(self, sql: Sql, values: Values = ()) -> int:
        """Run one writing statement and return how many rows it changed."""
        with translated:
            return int(self._execute(sql, values).rowcount)

    def _execute(self, sql: Sql, values: Values) -> Any:
        """Return the driver's cursor: Peewee's own way there takes as long as a short statement."""
        return self.engine.connection().execute(str(sql), values)

    def run_many(self, sql: Sql, rows: Sequence[Values]) -> None:
        """Run one writing statement for many rows."""
        with translated:
            self.engine.connection().executemany(str(sql), rows)

    def rows(self, sql: Sql, values: Values = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with translated:
            found: list[tuple[Any, ...]] = self._execute(sql, values).fetchall()
            return found

    def row(self, sql: Sql, values: Values = ()) -> tuple[Any, ...] | None:
        """Return the first row of a query, or None."""
        with translated:
            found: tuple[Any, ...] | None = self._execute(sql, values).fetchone()
            return found

    def value(self, sql: Sql, values: Values = ()) -> Any:
        """Return the first value of the first row, or None."""
        found = self.row(sql, values)
        return None if found is None else found[0]

    def stream(self, sql: Sql, values: Values = (), size: int = 5000) -> Iterator[Any]:
        """Yield rows of a long query in portions, holding only `size` of them in memory."""
        with translated:
            cursor = self._execute(sql, values)
            while portion := cursor.fetchmany(size):
                yield from portion

    def data_version(self) -> int:
        """Return a number that changes when another connection commits (PRAGMA data_version)."""
        return int(self.value("PRAGMA data_version"))


class Prepared:
    """The SQL text of a Peewee query whose values are all placeholders, built when first run.

    Building a query costs more than running it, so each is built once and run as text; and
    building all of them was a tenth of the program's start. The text names columns of the tables'
    models only, never anything a user gave.
    """

    __slots__ = ("_query", "_text")

    def __init__(self, query: Any) -> None:
        """Keep the query; ValueError at its first use if it holds values of its own."""
        self._query = query
        self._text: str | None = None

    def __str__(self) -> str:
        """Return the SQL."""
        query = self._query  # read first: another thread may be done with it by the next line
        if self._text is None:
            text, values = peewee.Context(**_CONTEXT).sql(query).query()
            if values:
                raise ValueError(f"a prepared query holds no values of its own: {values!r}")
            self._text, self._query = str(text), None
        return self._text


_CONTEXT = peewee.SqliteDatabase(None).get_context_options()


class _Translated:
    """Raises the house's own errors in place of the database engine's.

    When SQLite rolls back by itself (a full disk, say), the wrapper's own ROLLBACK fails and
    hides the cause, so the whole chain of causes is read.
    """

    def __enter__(self) -> None:
        """Begin; it holds nothing, so one serves every thread."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, peewee.PeeweeException | SQLITE.Error):
            raise _typed(error) from error


translated = _Translated()


def _typed(error: BaseException) -> BaseException:
    said: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(said) < 10:
        said.append(str(cause).lower())
        cause = cause.__context__
    story = " | ".join(dict.fromkeys(said))  # a wrapper repeats what it wraps
    if (found := diagnoses.known(story)) is not None:
        return found
    if isinstance(error, peewee.IntegrityError | SQLITE.IntegrityError):
        return RuleBroken(story)
    return StorageError(f"The library's database could not do this ({said[-1]}). {SAFE}")


class RuleBroken(StorageError):
    """A constraint of the schema refused a change; `story` says which."""

    def __init__(self, story: str) -> None:
        super().__init__(
            f"The library refused a change that would break its rules ({story}). {SAFE}",
            code=Code.BOOKS_WRONG,
        )
        self.story = story
