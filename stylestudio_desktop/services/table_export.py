"""Writes a person's rows in open formats: nobody needs this program to read their own data."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from threading import Event
from typing import IO, Any

from stylestudio_desktop.domain.errors import BadInput, Stopped, StorageError, StorageFull
from stylestudio_desktop.files.attending import Progress, attended
from stylestudio_desktop.files.disk import is_full
from stylestudio_desktop.files.export import new_file
from stylestudio_desktop.services.history_csv import guarded
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import reading, table_reading

FORMATS = ("csv", "jsonl")
_EXACT = 1 << 53  # JSON readers keep whole numbers up to here exactly (RFC 8259, section 6)
_EVERY = 2000


def export(
    studio: Studio,
    folder: Path,
    form: str = "csv",
    progress: Progress = lambda _done, _all, _name: None,
    cancelled: Event | None = None,
) -> dict[Path, int]:
    """Write what is this person's of each table to a file in `folder`; return files and rows.

    Tables of the workspace itself are written whole; another person's rows never are.

    All are of one moment. CSV is UTF-8 with a byte order mark, and no cell can act as a formula;
    JSON Lines has an object on each line, large whole numbers and bytes as text. Nothing is
    replaced; each file appears whole or not at all. Raises BadInput, Stopped or StorageError.
    """
    if form not in FORMATS:
        raise BadInput(f"“{form[:20]}” is no format of an export. Choose {' or '.join(FORMATS)}.")

    def work(progress: Progress, cancelled: Event | None) -> dict[Path, int]:
        return _export(studio, folder, form, progress, cancelled)

    return attended(
        studio.workspace.root, [folder], work, progress, cancelled, studio.database.connection
    )


def _export(
    studio: Studio, folder: Path, form: str, progress: Progress, cancelled: Event | None
) -> dict[Path, int]:
    write = _csv if form == "csv" else _jsonl
    written: dict[Path, int] = {}
    with _told(folder), reading.moment(studio.database):
        folder.mkdir(parents=True, exist_ok=True)
        tables = table_reading.names(studio.database)
        paths = {name: folder / f"{name}.{form}" for name in tables}
        for path in paths.values():
            if path.exists() or path.is_symlink():
                raise BadInput(f"“{path}” is there already. Nothing was written; choose another.")
        for number, (name, path) in enumerate(paths.items()):
            progress(number, len(paths), name)
            written[path] = _table(studio, name, path, write, cancelled)
    progress(1, 1, "")
    return written


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise StorageFull(
                "The disk is full, so the tables were not all written. The library is safe. Free "
                "some space, or choose another disk."
            ) from error
        raise StorageError(
            f"The tables could not be written to {folder}: {error.strerror}. The library is safe. "
            "Choose another folder."
        ) from error


Write = Callable[[IO[str], Sequence[str], Iterator[tuple[Any, ...]]], int]


def _table(studio: Studio, name: str, path: Path, write: Write, cancelled: Event | None) -> int:
    columns = table_reading.columns(studio.database, name)

    def rows() -> Iterator[tuple[Any, ...]]:
        for number, row in enumerate(table_reading.rows(studio.database, name, studio.user_id)):
            if number % _EVERY == 0 and cancelled is not None and cancelled.is_set():
                raise Stopped
            yield row

    with new_file(path) as file:
        text = TextIOWrapper(file, encoding="utf-8-sig" if write is _csv else "utf-8", newline="")
        number = write(text, columns, rows())
        text.detach()
    return number


def _csv(file: IO[str], columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> int:
    table = csv.writer(file)
    table.writerow(columns)
    number = 0
    for row in rows:
        table.writerow([_cell(value) for value in row])
        number += 1
    return number


def _cell(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return guarded(value) if isinstance(value, str) else value


def _jsonl(file: IO[str], columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> int:
    number = 0
    for row in rows:
        line = {name: _value(value) for name, value in zip(columns, row, strict=True)}
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        number += 1
    return number


def _value(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, int) and abs(value) > _EXACT:
        return str(value)
    return value
