"""A page of the database that turned to rubbish is named, and no answer is made of rubbish."""

import os
import shutil
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import health
from tests.factories import FakeProvider, import_photo, open_test_studio

EVERY = int(os.environ.get("EVERY_PAGE", "9"))
"""Each so many pages are spoilt; EVERY_PAGE=1 spoils every one."""


def library(folder: Path) -> tuple[Path, int, int]:
    """Make a library in one file, and return its folder, its pages, and bytes in a page."""
    studio = open_test_studio(folder)
    for colour in ("teal", "orange"):
        import_photo(studio, folder, colour)
    studio.database.value("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = int(studio.database.value("PRAGMA page_count"))
    size = int(studio.database.value("PRAGMA page_size"))
    close_studio(studio)
    shutil.rmtree(studio.workspace.journal)
    return studio.workspace.root, pages, size


def spoil(path: Path, page: int, size: int) -> None:
    """Overwrite page number `page`, counted from 0, with rubbish."""
    with path.open("r+b") as file:
        file.seek(page * size)
        file.write(bytes((7 * at + 13) % 256 for at in range(size)))


def named(root: Path) -> bool:
    """Say whether the damage is told, when opening the library or when proving it."""
    try:
        studio = open_studio(Workspace(root), {"local": FakeProvider()})
    except StudioError as error:
        return bool(error.sentence)
    try:
        return not health.verify(studio, deep=True).ok
    except StudioError as error:
        return bool(error.sentence)
    finally:
        close_studio(studio)


def test_each_spoilt_page_is_named(tmp_path: Path) -> None:
    base, pages, size = library(tmp_path)
    unnamed = []
    for page in range(0, pages, EVERY):
        root = tmp_path / "spoilt"
        shutil.copytree(base, root)
        spoil(root / "library.sqlite3", page, size)
        try:
            if not named(root):
                unnamed.append(page)
        except Exception as error:
            pytest.fail(f"page {page}: {type(error).__name__}: {error}")
        shutil.rmtree(root)
    assert unnamed == []


def test_a_sound_library_has_nothing_to_name(tmp_path: Path) -> None:
    assert not named(library(tmp_path)[0])
