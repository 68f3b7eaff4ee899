"""A studio with a bank to buy at."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.services.studio import Studio
from tests.factories import open_test_studio
from tests.payments.bank import Bank
from tests.payments.counter import at


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def studio(tmp_path: Path, bank: Bank) -> Iterator[Studio]:
    """A new workspace with the 10 free tokens, and the bank as its payment service."""
    opened = open_test_studio(tmp_path)
    yield dataclasses.replace(opened, gateways=at(bank))
    close_studio(opened)
