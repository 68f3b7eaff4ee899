"""What the tests of all services begin with: a network of their own, and a job's own folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import Context
from tests.contract.case import context_in


@pytest.fixture
def http() -> Iterator[Http]:
    made = Http(pause_s=0.001)
    yield made
    made.close()


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return context_in(tmp_path / "job")
