"""Reads a table of wishes, which is hostile until it is read: bounded, and judged by its line."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stylestudio_desktop.domain.batch import MOST_ROWS
from stylestudio_desktop.domain.errors import BadInput

MOST_BYTES = 32 * 1_048_576
MOST_CELL = 10_000
COLUMNS = (
    "product", "model", "background", "style", "quality", "ratio", "prompt", "negative_prompt",
    "seed", "provider", "service_model", "count", "sku", "name",
)  # fmt: skip
_DELIMITERS = ",;\t|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its number as an editor counts it, and its cells by column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a table, and what its reader should know about how it was read."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...]


def read_table(path: Path) -> Table:
    """Return a table's lines; nothing in it is computed, and empty lines are passed over.

    The separator may be a comma, semicolon, tab or bar, the text UTF-8, UTF-16 with its mark, or
    Windows-1252. Raises BadInput for what can't be read as a table of wishes.
    """
    notes: list[str] = []
    text = _text(path, notes)
    names, delimiter = _heading(path, text, notes)
    found: list[Line] = []
    for number, cells in _rows(path, text, delimiter):
        if len(found) == MOST_ROWS:
            raise BadInput(
                f"“{path.name}” has more than {MOST_ROWS:,} lines. Nothing was started. Cut it "
                "into several tables."
            )
        kept = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
        if any(kept.values()):
            found.append(Line(number, {name: cell for name, cell in kept.items() if cell}))
    if not found:
        raise BadInput(f"“{path.name}” has a heading and no lines below it. Nothing was started.")
    return Table(tuple(found), tuple(notes))


def _text(path: Path, notes: list[str]) -> str:
    try:
        with path.open("rb") as source:
            data = source.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadInput(
            f"“{path.name}” can't be read: {error.strerror}. Nothing was started. Check the file."
        ) from error
    if len(data) > MOST_BYTES:
        raise BadInput(
            f"“{path.name}” is larger than {MOST_BYTES // 1_048_576} MB, which no table of wishes "
            "is. Nothing was started."
        )
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as error:
            raise BadInput(
                f"“{path.name}” is no text that this program knows. Nothing was started. Save the "
                "table as “CSV UTF-8”."
            ) from error
        notes.append("The table was read as Windows-1252; save it as “CSV UTF-8” to be sure.")
    if "\x00" in text:
        raise BadInput(
            f"“{path.name}” is no text: it holds NUL characters. Nothing was started. Save the "
            "table as “CSV UTF-8”."
        )
    return text


def _heading(path: Path, text: str, notes: list[str]) -> tuple[list[str], str]:
    """Return the column of each place ("" for those we don't know), and the separator."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.casefold().startswith("sep=") and len(first.strip()) == 5:  # what Excel writes
        rest = text.split("\n", 1)[1] if "\n" in text else ""
        first = next((line for line in rest.splitlines() if line.strip()), "")
    best: list[str] = []
    separator = ","
    for delimiter in _DELIMITERS:
        cells = next(csv.reader([first[:MOST_CELL]], delimiter=delimiter), [])
        names = [_column(cell) for cell in cells]
        if sum(name in COLUMNS for name in names) > sum(name in COLUMNS for name in best):
            best, separator = names, delimiter
    known = [name for name in best if name in COLUMNS]
    if "product" not in known:
        raise BadInput(
            f"“{path.name}” has no column “product” in its first line. Nothing was started. The "
            f"columns are {', '.join(COLUMNS)}; only “product” must be there."
        )
    twice = next((name for name in known if known.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"“{path.name}” has the column “{twice}” twice. Nothing was started.")
    others = [name[:40] for name in best if name and name not in COLUMNS]
    if others:
        notes.append(f"Passed over, because no such column is known: {', '.join(others[:8])}.")
    return [name if name in COLUMNS else "" for name in best], separator


def _column(cell: str) -> str:
    name = cell.strip().strip("\ufeff").casefold().replace(" ", "_")
    return {"aspect_ratio": "ratio", "negative": "negative_prompt"}.get(name, name)


def _rows(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells) below the heading."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    headed = False
    begun = 1
    try:
        for cells in reader:
            number, begun = begun, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not headed:
                headed = not ("".join(cells).casefold().startswith("sep="))
                continue
            if any(len(cell) > MOST_CELL for cell in cells):
                raise BadInput(
                    f"Line {number} of “{path.name}” has a cell of more than {MOST_CELL:,} "
                    "characters. Nothing was started. Is a quotation mark missing?"
                )
            yield number, cells
    except csv.Error as error:
        raise BadInput(
            f"Line {reader.line_num} of “{path.name}” can't be read ({error}). Nothing was "
            "started. Is a quotation mark missing?"
        ) from error
