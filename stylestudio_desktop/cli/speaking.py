"""Says things on a terminal or to a program: lines, tables, JSON, progress, errors, exit codes."""

import json
import sys
import time
import traceback
from collections.abc import Iterable, Sequence
from typing import Any
from unicodedata import category

from stylestudio_desktop.domain.errors import Code, StudioError
from stylestudio_desktop.files.attending import waited_for

BAD_INPUT, NO_TOKENS, SERVICE, STORAGE, UNEXPECTED = 2, 3, 4, 5, 70
_INPUT = (Code.BAD_INPUT, Code.NOT_FOUND, Code.ILLEGAL_STEP, Code.PROFILE_LOCKED)
_TOKENS = (Code.NOT_ENOUGH_TOKENS, Code.BUDGET_REACHED)
_STORAGE = (
    Code.FILE_MISSING, Code.FILE_DAMAGED, Code.STORAGE_FULL, Code.STORAGE_BROKEN,
    Code.STORAGE_BUSY, Code.STORAGE_NEWER, Code.STORAGE_AWAY, Code.BOOKS_WRONG,
)  # fmt: skip
_STEERING = ("Cc", "Cf", "Zl", "Zp")  # controls, and marks that turn the direction of writing
_BAR_WIDTH = 24
_REDRAW_S = 0.1


def exit_code(code: Code) -> int:
    """Return 2 for bad input, 3 for missing tokens, 5 for storage, 4 for everything else."""
    if code in _INPUT:
        return BAD_INPUT
    if code in _TOKENS:
        return NO_TOKENS
    return STORAGE if code in _STORAGE else SERVICE


def make_printable() -> None:
    """Let names with signs that the terminal does not know be shown, not stop the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def tell_error(error: StudioError, as_json: bool) -> int:
    """Say what happened on stderr (and as JSON on stdout) and return the exit code."""
    note(error.sentence)
    if as_json:
        print_json({"error": {"code": error.code.value, "message": error.sentence}})
    return exit_code(error.code)


def tell_unexpected(error: Exception, as_json: bool) -> int:
    """Say that the program itself is at fault, with what a report needs."""
    sentence = (
        f"Something went wrong in the program itself ({type(error).__name__}). Finished steps "
        "are safe. Please report it with the lines below."
    )
    print(sentence, file=sys.stderr)
    traceback.print_exception(error, file=sys.stderr)
    if as_json:
        print_json({"error": {"code": "unexpected", "message": sentence}})
    return UNEXPECTED


def print_json(value: Any) -> None:
    """Print one JSON document, indented for people and on one line for programs."""
    print(json.dumps(value, indent=2 if sys.stdout.isatty() else None))


def say(text: str = "") -> None:
    """Print a line of the answer."""
    print(harmless(text))


def note(text: str) -> None:
    """Print a line that is not part of the answer, on stderr."""
    print(harmless(text), file=sys.stderr)


def harmless(text: str) -> str:
    """Return `text` without what could steer a terminal: a file's name may hold anything."""
    return "".join(
        "�" if category(sign) in _STEERING and sign not in "\n\t" else sign for sign in text
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], right: Sequence[int] = ()) -> None:
    """Print aligned columns; those numbered in `right` end at the same place."""
    body = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not body:
        say("Nothing to show.")
        return
    widths = [
        max(len(line[column]) for line in [list(heads), *body]) for column in range(len(heads))
    ]
    for line in [list(heads), *body]:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        say("  ".join(cells).rstrip())


class Bar:
    """A progress bar on a terminal's stderr; silent in a pipe."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._shown = sys.stderr.isatty()
        self._drawn = 0.0
        self._length = 0

    def __enter__(self) -> "Bar":
        """Begin; nothing is drawn before the first step."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wipe the bar away."""
        if self._length:
            sys.stderr.write("\r" + " " * self._length + "\r")
            sys.stderr.flush()
            self._length = 0

    def step(self, done: float, total: float, name: str = "") -> None:
        """Show that `done` of `total` is done; `name` says what is in hand."""
        if waited_for(name):
            note(name)
        share = min(1.0, done / total) if total else 1.0
        if not self._shown or (time.monotonic() - self._drawn < _REDRAW_S and share < 1.0):
            return
        self._drawn = time.monotonic()
        filled = round(share * _BAR_WIDTH)
        bar = "█" * filled + "░" * (_BAR_WIDTH - filled)
        text = f"{self._label} {bar} {share:4.0%} {harmless(name[:40])}"
        sys.stderr.write("\r" + text.ljust(self._length))
        sys.stderr.flush()
        self._length = max(self._length, len(text))
