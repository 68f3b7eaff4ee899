"""Reads the journal: which moments it reaches, and the database as it was at one of them.

The copies in it are SQLite's own logs. Laid beside a snapshot one after the other, SQLite itself
checks them page by page and folds them in, so a damaged one is noticed and never used.
"""

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.store.database import SQLITE, translated
from stylestudio_desktop.store.journal_notes import (
    Position,
    log_path,
    notes_path,
    numbers,
    read_notes,
)

_HEADER = 32
_FRAME = 24
_BLOCK = 1 << 20


@dataclass(slots=True)
class _Log:
    """One log: whether it goes on from the one before, its moments and the snapshots in it."""

    number: int
    linked: bool
    states: list[tuple[int, int]] = field(default_factory=list)
    bases: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Way:
    """How to reach a moment: from the snapshot `base`, through the logs of `first` to `end`.

    `moment` (UTC milliseconds) is when the state at the end had been written. `lasted` says
    whether nothing else can have been written between that and the moment that was asked for. The
    snapshots called `same` hold exactly that state.
    """

    base: str
    first: int
    end: Position
    moment: int
    lasted: bool
    same: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time any moment of which can be reached (UTC milliseconds)."""

    begin: int
    end: int


def _logs(folder: Path) -> list[_Log]:
    found: list[_Log] = []
    for number in numbers(folder):
        log = _Log(number, linked=False)
        for words in read_notes(folder, number):
            if words[0] == "at":
                log.states.append((int(words[1]), int(words[2])))
            elif words[0] == "base":
                log.bases.append((int(words[1]), words[2]))
            elif words[0] == "linked":
                log.linked = bool(found) and found[-1].number == number - 1
        log.states.sort(key=lambda state: state[0])  # one was noted late, if another copied it
        found.append(log)
    return found


def _chains(folder: Path) -> list[list[_Log]]:
    chains: list[list[_Log]] = []
    for log in _logs(folder):
        if log.linked and chains:
            chains[-1].append(log)
        else:
            chains.append([log])
    return chains


def stretches(folder: Path, snapshots: set[str]) -> list[Stretch]:
    """Return the stretches that the journal in `folder` reaches, oldest first.

    `snapshots` are the names of those there are; without one a chain of logs can't begin.
    """
    found = []
    for chain in _chains(folder):
        base = _first_base(chain, snapshots)
        if base is not None:
            moments = [
                stamp
                for log in chain
                for offset, stamp in log.states
                if (log.number, offset) >= base
            ]
            if moments:
                found.append(Stretch(moments[0], moments[-1]))
    return found


def _first_base(chain: list[_Log], snapshots: set[str]) -> tuple[int, int] | None:
    bases = [
        (log.number, offset) for log in chain for offset, name in log.bases if name in snapshots
    ]
    return min(bases, default=None)


def is_rooted(folder: Path, snapshots: set[str]) -> bool:
    """Say whether a snapshot leads into the newest chain of logs, or there is none yet."""
    chains = _chains(folder)
    return not chains or _first_base(chains[-1], snapshots) is not None


def goes_on(folder: Path) -> bool:
    """Say whether the journal follows what is written; a new one does from the first commit."""
    return (folder / "whole").exists() or not numbers(folder)


def way_to(folder: Path, snapshots: set[str], moment: int, caught_up: bool = False) -> Way | None:
    """Return how the library of `moment` (UTC milliseconds) is reached, None if it is not.

    It is the last state that was written by then, in the order of writing: a clock that was set
    back in between doesn't matter. `caught_up` says that the newest state is the present.
    """
    for age, chain in enumerate(reversed(_chains(folder))):
        every = [
            (Position(log.number, offset), stamp) for log in chain for offset, stamp in log.states
        ]
        states = [state for state in every if state[1] <= moment]
        if not states:
            continue
        end, stamp = states[-1]
        bases = [
            (log.number, offset, name)
            for log in chain
            for offset, name in log.bases
            if name in snapshots and (log.number, offset) <= (end.number, end.offset)
        ]
        if not bases:
            return None
        number, _, name = max(bases)
        lasted = end != every[-1][0] or (caught_up and age == 0)
        same = frozenset(one[2] for one in bases if one[:2] == end)
        return Way(name, number, end, stamp, lasted, same)
    return None


def lead(folder: Path, database: Path, way: Way) -> None:
    """Bring `database`, a copy of the way's snapshot, to the end of the way.

    Raises StorageError when a log is damaged; the copy is of no use then.
    """
    _write_ahead(database)
    for number in range(way.first, way.end.number + 1):
        ends = [int(one[1]) for one in read_notes(folder, number) if one[0] == "at"]
        end = way.end.offset if number == way.end.number else max(ends, default=0)
        if end:
            _lay(log_path(folder, number), database, end)


def _write_ahead(database: Path) -> None:
    """Say in the file's header that a log lies beside it (sqlite.org/fileformat2.html)."""
    with database.open("r+b") as file:
        file.seek(18)
        file.write(b"\2\2")


def _lay(source: Path, database: Path, end: int) -> None:
    log = database.with_name(database.name + "-wal")
    try:
        with source.open("rb") as whole, log.open("wb") as part:
            header = whole.read(_HEADER)
            part.write(header)
            left = end - len(header)
            while left > 0 and (block := whole.read(min(_BLOCK, left))):
                part.write(block)
                left -= len(block)
            part.flush()
            os.fsync(part.fileno())
    except FileNotFoundError as error:
        raise _damaged(source) from error
    # Whatever of it is not whole by its sums SQLite leaves out; so its pages are counted.
    size = int.from_bytes(header[8:12], "big") + _FRAME
    with translated, contextlib.closing(SQLITE.connect(database)) as connection:
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
        _, total, _ = connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    if _HEADER + total * size != end:
        raise _damaged(source)


def _damaged(source: Path) -> StorageError:
    return StorageError(
        f"A part of the journal, {source.name}, is damaged, so that moment can't be reached. "
        "Nothing was changed. Choose an earlier moment, or a snapshot: “stylestudio backup list”."
    )


def thin(folder: Path, snapshots: set[str]) -> int:
    """Remove the logs that no snapshot leads to; return how many. The newest stays."""
    logs = _logs(folder)
    first = min(
        (log.number for log in logs for _, name in log.bases if name in snapshots),
        default=None,
    )
    gone = [log.number for log in logs[:-1] if first is not None and log.number < first]
    for number in gone:
        log_path(folder, number).unlink(missing_ok=True)
        notes_path(folder, number).unlink(missing_ok=True)
    return len(gone)
