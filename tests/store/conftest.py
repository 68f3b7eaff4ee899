"""A library with one photo in it, for the tests of the rules that the database keeps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services.studio import Studio
from tests.factories import import_photo, open_test_studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


@pytest.fixture
def product(studio: Studio, tmp_path: Path) -> FileId:
    return import_photo(studio, tmp_path)
