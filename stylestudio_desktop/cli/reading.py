"""Reads what people type for rows and days: ids, file names, dates."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import LARGEST_ID, FileId
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio


def an_id(word: str) -> int:
    """Return the id that `word` spells. Raises BadInput."""
    if not (word.isascii() and word.isdigit() and len(word) < 20 and int(word) <= LARGEST_ID):
        raise BadInput(
            f"“{word[:60]}” is not an id. Ids are numbers; “stylestudio list” shows them."
        )
    return int(word)


def ids(words: Sequence[str]) -> list[int]:
    """Return the ids in the order typed, each once. Raises BadInput."""
    return list(dict.fromkeys(an_id(word) for word in words))


def photos(studio: Studio, words: Sequence[str], category: Category) -> tuple[FileId, ...]:
    """Return the photos meant: an existing file is imported first, a number is an id.

    Raises BadInput for a folder, a file that can't be taken, or a word that is neither.
    """
    found: list[FileId] = []
    for word in words:
        path = path_of(word)
        if path.is_dir():
            raise BadInput(f"“{word}” is a folder. Name the photos, or import the folder first.")
        if path.exists():
            taken = library.import_files(studio, [path], category)
            if taken.trouble is not None:
                raise taken.trouble
            if taken.rejected:
                raise BadInput(taken.rejected[0].reason)
            found.append(FileId(taken.files[0].id))
        elif word.isascii() and word.isdigit():
            found.append(FileId(an_id(word)))
        else:
            raise BadInput(f"There is no file “{word}”. Nothing was started.")
    return tuple(found)


def since(word: str | None) -> int | None:
    """Return the moment (UTC milliseconds) at which a day begins, or a moment itself."""
    return None if word is None else _moment(word)


def until(word: str | None) -> int | None:
    """Return the moment (UTC milliseconds) at which a day has ended, or a moment itself."""
    if word is None:
        return None
    day = _day(word)
    if day is None or day == date.max:
        return _moment(word)
    return _moment((day + timedelta(days=1)).isoformat())


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def _moment(word: str) -> int:
    try:
        # A time without a zone is the user's own; astimezone() reads it so.
        moment = int(datetime.fromisoformat(word).astimezone().timestamp() * 1000)
    except (ValueError, OverflowError, OSError) as error:
        raise BadInput(
            f"“{word[:60]}” is not a date. Write it as 2026-11-22, or with a time as "
            "“2026-11-22 14:05:30”."
        ) from error
    if not 0 <= moment < 1 << 42:
        raise BadInput(f"“{word[:60]}” lies outside of the years that the library knows.")
    return moment
