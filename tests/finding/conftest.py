"""A library to find in, shared by the tests that only read, and an empty one for the others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.services.studio import Studio
from tests.factories import open_test_studio
from tests.finding.library import Seen, fill


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Studio, list[Seen]]]:
    opened = open_test_studio(tmp_path_factory.mktemp("filled"))
    seen = fill(opened, 50_000)
    yield opened, seen
    close_studio(opened)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Studio, list[Seen]]]:
    opened = open_test_studio(tmp_path_factory.mktemp("small"))
    seen = fill(opened, 1500)
    yield opened, seen
    close_studio(opened)
