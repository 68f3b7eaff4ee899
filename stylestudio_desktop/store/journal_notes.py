"""Names the journal's files, and reads what is noted of each log in it."""

from pathlib import Path
from typing import NamedTuple

FOLDER = "journal"


class Position(NamedTuple):
    """A place in the journal: in which log, and how many bytes of it."""

    number: int
    offset: int


def log_path(folder: Path, number: int) -> Path:
    """Return where the copy of a log lies."""
    return folder / f"{number:08}.wal"


def notes_path(folder: Path, number: int) -> Path:
    """Return where it is written down which moments a log holds."""
    return folder / f"{number:08}.log"


def numbers(folder: Path) -> list[int]:
    """Return the numbers of the logs in a journal, in their order."""
    try:
        return sorted(int(one.stem) for one in folder.glob("[0-9]*.log") if one.stem.isdigit())
    except OSError:
        return []


def read_notes(folder: Path, number: int) -> list[list[str]]:
    """Return what is noted of a log: lines of words; a line that is torn or not ours is none."""
    return notes_from(folder, number, 0)[0]


def notes_from(folder: Path, number: int, start: int) -> tuple[list[list[str]], int]:
    """Return what is noted of a log from `start` (in bytes) on, and where the next look begins."""
    try:
        with notes_path(folder, number).open("rb") as file:
            file.seek(start)
            whole, newline, _torn = file.read().rpartition(b"\n")
    except OSError:
        return [], start
    found = [line.split(" ") for line in whole.decode("ascii", errors="replace").split("\n")]
    return [words for words in found if _is_ours(words)], start + len(whole) + len(newline)


def _is_ours(words: list[str]) -> bool:
    kind, rest = words[0], words[1:]
    if kind in ("linked", "new"):
        return not rest
    if kind in ("at", "end"):
        return len(rest) == 2 and all(one.isdigit() and len(one) < 20 for one in rest)
    if kind == "folded":
        return len(rest) == 1 and rest[0].isdigit() and len(rest[0]) < 20
    return kind == "base" and len(rest) == 2 and rest[0].isdigit() and len(rest[0]) < 20
