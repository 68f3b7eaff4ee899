"""The frozen program's first lines: the program itself, or a child that it starts of itself."""

import subprocess
import sys
from pathlib import Path

import pytest
from devkit.places import this_checkout
from installers import entry

from stylestudio_desktop import __version__
from stylestudio_desktop.engine import archives
from stylestudio_desktop.providers.local import process
from stylestudio_desktop.providers.local.process import EngineProcess, Task

DOOR = this_checkout().root / "packaging" / "installers" / "entry.py"


def told(*words: str) -> subprocess.CompletedProcess[str]:
    """Start the program by its frozen door, as `sys.executable` is in a frozen program."""
    return subprocess.run(
        [sys.executable, str(DOOR), *words], capture_output=True, text=True, timeout=60
    )


def test_the_door_is_the_program() -> None:
    assert told("--version").stdout.strip() == f"stylestudio {__version__}"


def test_the_engine_starts_as_a_child_of_the_frozen_program(tmp_path: Path) -> None:
    frozen = tmp_path / "stylestudio"
    frozen.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{DOOR}" "$@"\n')
    frozen.chmod(0o755)
    engine = EngineProcess(str(frozen))
    try:
        task = engine.send(Task("1", {"op": "dance"}))
        assert task.over.wait(30)
        assert task.sentence == "The engine does not know this request."
    finally:
        engine.close()


def test_whatever_the_program_starts_of_itself_is_known_at_the_door() -> None:
    assert process.COMMAND[:1] == archives.PIP[:1] == ("-m",)
    assert {process.COMMAND[1], archives.PIP[1]} == set(entry.CHILDREN)


def test_the_client_that_fetches_the_engines_files_runs() -> None:
    assert told("-m", "pip", "--version").stdout.startswith("pip ")


@pytest.mark.parametrize("words", [("-m", "http.server"), ("-m",)])
def test_no_other_module_is_run(words: tuple[str, ...]) -> None:
    done = told(*words)
    assert done.returncode == 2
    assert "http" not in done.stdout


def test_other_programs_start_with_their_own_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", "/opt/ours/_internal", raising=False)
    ours = {"LD_LIBRARY_PATH": "/opt/ours/_internal", "HOME": "/home/a"}
    entry.give_back(ours)
    assert ours == {"HOME": "/home/a"}

    changed = {"LD_LIBRARY_PATH": "/opt/ours/_internal:/x", "LD_LIBRARY_PATH_ORIG": "/x"}
    entry.give_back(changed)
    assert changed == {"LD_LIBRARY_PATH": "/x"}

    own = {"LD_LIBRARY_PATH": "/somebody/elses"}
    entry.give_back(own)
    assert own == {"LD_LIBRARY_PATH": "/somebody/elses"}
