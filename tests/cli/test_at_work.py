"""A command that is killed while it brings files in leaves nothing that the next does not sweep."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stylestudio_desktop.app import ended_badly
from stylestudio_desktop.config.presence import Presence
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.services import health_files
from tests.cli.conftest import Shell
from tests.factories import photo

ROOT = Path(__file__).resolve().parents[2]
KILLED = """
import os, signal, sys
from stylestudio_desktop.__main__ import main
from stylestudio_desktop.{module} import {owner}
{owner}.{name} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
main(sys.argv[1:])
"""
BEFORE_THE_NAME = {"module": "files.incoming", "owner": "Incoming", "name": "flush"}
BEFORE_THE_ROW = {"module": "services", "owner": "importing", "name": "_add_rows"}


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
@pytest.mark.parametrize("point", [BEFORE_THE_NAME, BEFORE_THE_ROW])
@pytest.mark.parametrize("verb", ["import", "generate"])
def test_what_a_killed_import_left_is_swept_by_the_next(
    shell: Shell,
    tmp_path: Path,
    point: dict[str, str],
    verb: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = shell.workspace
    shell.json("list", "files")
    words = [str(photo(tmp_path, "lost.jpg", "gold")), "--as", "product"]
    done = subprocess.run(
        [sys.executable, "-c", KILLED.format(**point), "--workspace", str(root), "import", *words],
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    space = Workspace(root)
    assert len(files_in(space.tmp)) + len(files_in(space.files)) == 1
    assert ended_badly(space)
    assert ended_badly(space), "asking does not forget it"

    monkeypatch.setattr(health_files, "LOADED_AT", time.time())  # as a process begun only now
    kept = photo(tmp_path, "kept.jpg", "teal")
    if verb == "import":
        shell.json("import", str(kept), "--as", "product")
    else:
        shell.json("generate", "--product", str(kept), "--quality", "draft", "--no-wait")

    assert files_in(space.tmp) == []
    assert len(files_in(space.files)) == 1
    assert not ended_badly(space)


def test_a_living_host_is_seen_and_its_lock_stays(tmp_path: Path) -> None:
    with Presence(tmp_path) as one, Presence(tmp_path) as other:
        assert one.crashed() == set()
        assert other.alive(one.host)
    assert list(tmp_path.iterdir()) == []
