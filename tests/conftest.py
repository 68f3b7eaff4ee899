"""What every test stands on: Qt draws into memory, and nobody's own workspace is touched."""

import os

# Set before anything imports Qt: the tests need no display, on any machine.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# Nor is anybody's own keyring; what needs one runs beside a keyring of its own (tests/vault).
os.environ["STYLESTUDIO_KEYRING"] = "off"

import faulthandler
import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key
from platformdirs import user_data_dir

_LITTER = 200_000
_HOME = tempfile.TemporaryDirectory(prefix="stylestudio-home")
# The engine's own files, which are large, stay where they are.
os.environ.setdefault("STYLESTUDIO_ENGINE_DIR", str(Path(user_data_dir("StyleStudio"), "engine")))
os.environ["XDG_DATA_HOME"] = _HOME.name


@pytest.fixture(autouse=True)
def _garbage_is_collected_between_tests() -> Iterator[None]:
    """Once a window was tested, nothing is collected by itself: that might be on any thread."""
    yield
    if not gc.isenabled() and gc.get_count()[0] > _LITTER:
        gc.collect()


@pytest.fixture(autouse=True)
def _a_fatal_fault_is_told(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test of crash reports takes the fault handler for itself; the next test has it back.

    Without it a library that ends the process does so without a word about the test and the line.
    """
    yield
    if not faulthandler.is_enabled():
        faulthandler.enable(request.config.stash[fault_handler_stderr_fd_key])
