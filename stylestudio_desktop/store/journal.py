"""Keeps what every commit wrote, so that the library can be taken back to any moment.

SQLite writes each commit into a log beside the database (“-wal”) and later folds that log in and
writes it anew from the start. Here every one of these logs is copied, byte for byte, into the
folder `journal` before it may be folded in; a snapshot and the copies since then give the library
of any moment in between (`rewinding`).

What keeps the copies whole: where that folder is, no connection of ours folds the log in by
itself (`wal_autocheckpoint` is off), and `fold` does so only under a lock, after copying, and with
a read transaction that keeps SQLite from going further than what was copied. The last connection
that closes folds in by itself; everybody copies before closing, and writes down how the database
was left. What another program folded in before that is read from what the old log left behind
(`journal_rests`). Where the promise can't be kept (a full disk, another program wrote), the chain
breaks: `whole` is removed, and a new snapshot begins a new one. A journal that fails never fails a
commit.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.store import journal_files, journal_links, journal_rests
from stylestudio_desktop.store.journal_links import Last, Newest, end_of
from stylestudio_desktop.store.journal_marks import Mark, Marks
from stylestudio_desktop.store.journal_notes import FOLDER, Position
from stylestudio_desktop.store.journal_rests import HEADER

FOLD_FRAMES = 4000
"""Pages in the log before it is folded in: about 16 MB, four times SQLite's own usual number. Pages
that many commits write are folded in once, and whoever writes waits less often for the disk."""
LONGEST_LOG = 4 * FOLD_FRAMES
"""Pages in the log from which its writer folds in what came during a fold, or waits for one that
does not keep up: only a log that is folded in whole can begin anew."""
EVERY_S = 0.1
"""How far apart two moments are that can be told from each other while somebody writes."""
MOST = LARGEST_STEP = 1 << 30
"""Bytes that the journal may hold, if a quarter of what is free on the disk allows it.

One commit that is larger than that (of several million rows, say) breaks the chain.
"""

HELD_S = 0.5
"""How long nothing is folded in after a reader kept it from that."""

PAUSE_S = 60.0
"""How long a disk that takes nothing is left alone (and not complained of) by later writes."""

_PATIENT_S = 10.0
_log = logging.getLogger(__name__)


class Journal:
    """The journal of one database, written by every process that has it open."""

    def __init__(self, database: Path, connect: Any) -> None:
        """Prepare; `connect` opens a bare connection to the database at that path."""
        self.folder = database.parent / FOLDER
        self._database = database
        self._wal = database.with_name(database.name + "-wal")
        self._connect = connect
        self._mutex = threading.RLock()
        self._brief = threading.Lock()
        self._connection: Any = None
        self._folding: threading.Thread | None = None
        self._seen: tuple[bytes, int] | None = None
        self._position: Position | None = None
        self._copied_at = 0.0
        self._held, self._again_at = False, 0.0  # whether a reader kept us from folding in
        self._began: tuple[bytes, int] = (b"", 0)
        self._ours = Mark(b"", 0, 0)
        self._marks = Marks()
        self._newest = Newest(self.folder)
        self._lock: Any = None

    def before_write(self) -> None:
        """Copy what was committed earlier, if that is a moment that lasted."""
        if time.monotonic() - self._copied_at >= EVERY_S:
            self.copy()

    def begun(self) -> None:
        """Mark what is committed; the caller holds the lock of writing and has written nothing."""
        with self._never_failing():
            total = self._frames()[0]
            header, stamp = journal_links.head(self._wal)
            self._began = (header, total)
            if total > 0 and len(header) == HEADER:
                with self._brief:
                    self._marks.add(Mark(header, end_of(header, total), stamp), EVERY_S * 1000)

    def after_write(self) -> None:
        """Have the log folded in on another thread if it is long, or copied if it is time to.

        Folded in by the writer itself is what is large, or little: a commit as long as that, what
        came while the thread folded in the rest, and what that can't keep up with. Where somebody
        reads the library as it was, as a snapshot does, nothing newer can be folded in: then
        nobody waits for that, and the thread looks again after a while.
        """
        since = time.monotonic() - self._copied_at
        if since < 0:  # a disk that is full was asked a moment ago
            return
        with self._never_failing():
            total, folded = self._frames()
            header, began = self._began
            if total > began:  # else the log was begun anew, and the mark is of the old one
                self._ours = Mark(header, end_of(header, total), now_ms())
            due = total - folded > FOLD_FRAMES
            large = due and total - (began if self._header() == header else 0) > FOLD_FRAMES
            done = self._folding is not None and not self._folding.is_alive()
            if done:
                self._folding = None
            behind = total - folded > LONGEST_LOG and not self._held
            if large or behind or (done and total > LONGEST_LOG and not self._held):
                self._fold_now()
            elif self._folding is not None:
                return
            elif due and time.monotonic() >= self._again_at:
                self._folding = threading.Thread(target=self._fold_now, daemon=True)
                self._folding.start()
            elif since >= EVERY_S:
                self.copy()

    def copy(self, *, patient: bool = False) -> Position | None:
        """Copy what is new; return the place up to which all is there, None if it isn't.

        While another thread or process copies, nothing is done, or that is waited for.
        """
        if not self._mutex.acquire(blocking=patient):
            return None
        found = None
        try:
            with self._never_failing():
                found = self._copy(patient=patient)
        finally:
            self._mutex.release()
        return found

    def position(self) -> Position | None:
        """Return the place that what is committed now has, None where the chain is broken."""
        found = self.copy(patient=True)
        if found is not None:
            return found
        with self._mutex, self._never_failing(), self._locked(_PATIENT_S):
            last = self._newest.look()  # nothing was committed since the last one closed
            if last is not None and self._follows(last, b""):
                found = Position(last.number, last.offset)
        return found

    def note_base(self, name: str, position: Position) -> None:
        """Write down that the snapshot `name` holds nothing after `position`."""
        with self._mutex, self._never_failing(), self._locked(_PATIENT_S):
            journal_files.note(self.folder, position.number, f"base {position.offset} {name}")

    def close(self) -> None:
        """Let go of the database, which the caller has closed, and note how it was left."""
        if self._folding is not None:
            self._folding.join()
        copied = False
        with self._mutex:
            with self._never_failing():
                self._copy(patient=True)
                copied = True
            with self._never_failing():
                if self._connection is not None:
                    self._connection.close()
                    self._connection = None
                if copied and not self._wal.exists():
                    with self._locked(_PATIENT_S):
                        self._note_end()

    @contextlib.contextmanager
    def _never_failing(self) -> Iterator[None]:
        """Break the chain rather than fail: the books go on without a journal."""
        try:
            yield
        except TimeoutError:  # another process copies just now (filelock's own is one, too)
            return
        except OSError as error:
            _log.warning("the journal can't be written (%s); its chain is broken", error)
            self._break()
        except Exception as error:  # the driver's own errors have no common root with Peewee's
            if type(error).__module__.partition(".")[0] not in ("sqlite3", "pysqlite3"):
                raise
            _log.info("the journal could not look at the database: %s", error)

    def _break(self) -> None:
        with contextlib.suppress(OSError):
            (self.folder / "whole").unlink(missing_ok=True)
        self._seen = None
        self._copied_at = time.monotonic() + PAUSE_S
        with contextlib.suppress(Exception):
            self._bare().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    @contextlib.contextmanager
    def _locked(self, patience: float) -> Iterator[None]:
        if self._lock is None:
            from filelock import FileLock

            self._lock = FileLock(self.folder / "lock", thread_local=False)
        with self._lock.acquire(timeout=patience, poll_interval=0.005):
            yield

    def _bare(self) -> Any:
        with self._brief:
            if self._connection is None:
                self._connection = self._connect()
            return self._connection

    def _frames(self) -> tuple[int, int]:
        """Return how many pages are in the log, and folded in (sqlite.org/pragma, NOOP)."""
        _, total, folded = self._bare().execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
        return int(total), int(folded)

    def _header(self) -> bytes:
        return journal_links.head(self._wal)[0]

    def _copy(self, *, patient: bool = False) -> Position | None:
        total = self._frames()[0]
        if total > 0 and (self._header(), total) == self._seen:
            return self._position
        with self._locked(_PATIENT_S if patient else 0):
            return self._copy_alone()

    def _copy_alone(self) -> Position | None:
        """Copy under the lock. A log that begins anew meanwhile is looked at again."""
        for _ in range(5):
            header = self._header()
            total = self._frames()[0]
            if total <= 0 or len(header) < HEADER:
                return self._emptied()
            end = end_of(header, total)
            last = self._newest.look()
            same = last is not None and last.header == header
            number = 1 if last is None else last.number + (not same)
            start = last.offset if last is not None and same else 0
            if end - start > min(LARGEST_STEP, journal_files.room(self.folder)):
                raise OSError(f"{end - start} bytes at once are too many")
            stamp = journal_files.carry(self._wal, self.folder, number, start, end)
            if self._header() != header:
                continue
            if not same:
                linked = last is not None and self._follows(last, header)
                (self.folder / "whole").touch(mode=0o600)
                journal_files.note(self.folder, number, "linked" if linked else "new")
            states = {end: stamp} if end > start else {}
            with self._brief:
                marks = self._marks.take(header, end)
            for at, since in sorted((states | marks).items()):
                # What another process copied in the meantime may turn out to be older.
                if at != start or last is None or since < last.stamp:
                    journal_files.note(self.folder, number, f"at {at} {since}")
            self._seen = (header, total)
            self._position = Position(number, end)
            self._copied_at = time.monotonic()
            return self._position
        return None

    def _note_end(self) -> None:
        last = self._newest.look()
        if last is not None and last.ended is None and (self.folder / "whole").exists():
            journal_files.sync(self.folder, last.number)
            journal_files.note(
                self.folder, last.number, "end {} {}".format(*journal_links.left(self._database))
            )

    def _follows(self, last: Last, header: bytes) -> bool:
        """Say whether nothing is lost between the last log and this one, or copy it now."""
        if not (self.folder / "whole").exists():
            return False
        if last.ended is not None:
            return last.ended == journal_links.left(self._database)
        return journal_links.began_anew(last, header) and self._caught_up(last)

    def _emptied(self) -> Position | None:
        """Return where the journal ends while nothing is in the log, None where it isn't known."""
        last = self._newest.look()
        if last is None or last.ended is not None or not (self.folder / "whole").exists():
            return None
        if not self._caught_up(last) or (last := self._newest.look()) is None:
            return None
        return Position(last.number, last.offset)

    def _caught_up(self, last: Last) -> bool:
        """Say whether all of the last log is copied, which SQLite is done with, or copy it now."""
        try:
            if self._wal.stat().st_size < last.offset:  # another program has cut it
                return False
        except FileNotFoundError:
            return False
        rest = journal_rests.left_behind(self._wal, last.header, last.offset)
        if rest and last.folded == last.offset:  # of who ended while committing, for all we know
            return False
        if rest:
            self._add(last, rest)
        return rest is not None or last.folded == last.offset

    def _add(self, last: Last, rest: bytes) -> None:
        """Copy what another program folded in; it was written before the new log was begun."""
        end = last.offset + len(rest)
        journal_files.add(self.folder, last.number, last.offset, rest)
        states = {end: journal_links.head(self._wal)[1]}
        ours = self._ours
        if ours.header == last.header and last.offset < ours.end <= end:
            states[ours.end] = min(ours.stamp, states[end])
        for place, since in sorted(states.items()):
            journal_files.note(self.folder, last.number, f"at {place} {since}")

    def _fold_now(self) -> None:
        with self._mutex, self._never_failing():
            self._fold()

    def _fold(self) -> None:
        """Fold in on connections of its own, so that nobody who writes waits for them."""
        with (
            contextlib.closing(self._connect()) as holder,
            contextlib.closing(self._connect()) as folder,
            self._locked(0),
        ):
            log, before = self._header(), self._frames()[0]
            # SQLite folds in no further than what this transaction sees.
            holder.execute("BEGIN")
            holder.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
            position = self._copy_alone()
            if position is None:
                return
            journal_files.sync(self.folder, position.number)
            ((_, _, folded),) = folder.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            # Little is left by who reads for a moment, as every commit does; -1 by who looks at it.
            kept = 0 <= folded < before - FOLD_FRAMES
            self._held = kept and self._header() == log
            self._again_at = time.monotonic() + HELD_S * self._held
            if end_of(self._header(), folded) >= position.offset:
                journal_files.note(self.folder, position.number, f"folded {position.offset}")
            journal_files.thin(self.folder, MOST)
