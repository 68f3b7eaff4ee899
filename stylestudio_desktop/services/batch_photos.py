"""Finds the photos that a batch's table or arguments name, and refuses those it must not touch."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import LARGEST_ID
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files

LEAST_DIGITS = 15
"""Ids are this long at least, so that a photo called “2024” is never taken for one."""


class Photos:
    """Looks photos up by what a cell says; each distinct one is looked at once."""

    def __init__(self, studio: Studio, root: Path) -> None:
        """Take `root` as the folder that a table's photos must lie in."""
        self._studio = studio
        self._root = Path(os.path.realpath(root))
        self._seen: dict[tuple[str, Category], str | BadInput] = {}

    def named(self, word: str, category: Category) -> str:
        """Return a table's photo as an absolute path or an id. Raises BadInput, naming it.

        A table may come from anybody: it reaches no file outside of its own folder.
        """
        key = (word, category)
        if key not in self._seen:
            try:
                self._seen[key] = self._look(word, category)
            except BadInput as error:
                self._seen[key] = error
        found = self._seen[key]
        if isinstance(found, BadInput):
            raise BadInput(found.sentence, code=found.code)
        return found

    def given(self, words: Sequence[str], category: Category) -> list[str]:
        """Return photos that the user named: files, every picture in folders, and ids."""
        found: list[str] = []
        for word in words:
            if is_id(word):
                found.append(self._id(word, category))
                continue
            path = path_of(word)
            inside = [str(one.absolute()) for one in library.find_pictures([path])]
            if path.is_dir() and not inside:
                raise BadInput(f"There is no picture in the folder “{word}”. Nothing was started.")
            found += [self._file(Path(one), Path(one).name) for one in inside]
        return found

    def called(self, word: str) -> str:
        """Return the name of a photo that was found, whether it is a file or an id."""
        row = None
        if is_id(word):
            row = files.get(self._studio.database, int(word), self._studio.user_id)
        return (path_of(word).absolute() if row is None else Path(row.filename)).name

    def _look(self, word: str, category: Category) -> str:
        if is_id(word):
            return self._id(word, category)
        if "://" in word:
            raise BadInput(f"“{word[:80]}” is a web address. Save the photo beside the table.")
        if word.startswith(("\\\\", "//")) or "\x00" in word:
            raise BadInput(f"“{word[:80]}” is not a file of the table's folder.")
        # Tables written on Windows name folders with backslashes.
        plain = word if os.sep == "\\" else word.replace("\\", "/")
        place = Path(os.path.realpath(self._root / plain))
        if not place.is_relative_to(self._root):
            raise BadInput(
                f"“{word[:80]}” lies outside of the table's folder. Put the photo beside the "
                "table, or name the folder of the photos."
            )
        return self._file(place, word)

    def _file(self, path: Path, word: str) -> str:
        try:
            found = path.stat()
        except (OSError, ValueError) as error:
            raise BadInput(f"There is no photo “{word[:80]}” in {path.parent.name}.") from error
        if not stat.S_ISREG(found.st_mode) or not found.st_size:
            raise BadInput(f"“{word[:80]}” is no file with a photo in it.")
        if path.suffix.lower() not in library.PICTURE_SUFFIXES:
            raise BadInput(f"“{word[:80]}” is not a JPEG, PNG or WebP photo.")
        if found.st_size > self._studio.limits.max_bytes:
            raise BadInput(f"“{word[:80]}” is larger than photos may be; see Settings.")
        return str(path)

    def _id(self, word: str, category: Category) -> str:
        studio = self._studio
        row = files.get(studio.database, int(word), studio.user_id)
        if row is None or row.trashed_at is not None or row.category != category.value:
            kind = category.value.replace("_image", "")
            raise BadInput(f"There is no {kind} photo {word} in the library.")
        return word


def is_id(word: str) -> bool:
    """Say whether `word` is an id of the library and no file's name."""
    return (
        word.isascii()
        and word.isdigit()
        and LEAST_DIGITS <= len(word) < 20
        and int(word) <= LARGEST_ID
    )
