"""What the set-up must leave alone: links, files, and folders that are no environment."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from devkit import building, turns
from devkit.places import Places
from devkit.say import Trouble


def test_a_link_is_refused_and_its_target_untouched(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir()
    (target / "pyvenv.cfg").write_text("home = /\n")
    (tmp_path / ".venv").symlink_to(target, target_is_directory=True)

    with pytest.raises(Trouble, match="is a link"):
        building.refuse_foreign(Places(tmp_path))

    assert (target / "pyvenv.cfg").exists()


def test_a_folder_with_somebodys_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "letter.txt").write_text("mine")

    with pytest.raises(Trouble, match="no virtual environment"):
        building.refuse_foreign(Places(tmp_path))


@pytest.mark.parametrize("content", [[], ["stylestudio-setup.lock"], ["pyvenv.cfg", "own.txt"]])
def test_an_empty_folder_or_an_environment_is_taken(tmp_path: Path, content: list[str]) -> None:
    (tmp_path / ".venv").mkdir()
    for name in content:
        (tmp_path / ".venv" / name).write_text("")

    building.refuse_foreign(Places(tmp_path))


def test_emptying_follows_no_link(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "picture.png").write_text("work")
    places = Places(tmp_path)
    places.venv.mkdir()
    (places.venv / "lib").mkdir()
    (places.venv / "lib" / "module.py").write_text("")
    (places.venv / "lib64").symlink_to(precious, target_is_directory=True)
    (places.venv / "lib" / "inner").symlink_to(precious, target_is_directory=True)
    places.maker_mark.touch()

    building.empty(places)

    assert [path.name for path in places.venv.iterdir()] == ["stylestudio-made-here"]
    assert (precious / "picture.png").read_text() == "work"


def test_settings_that_lead_pip_astray_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_TARGET", "/somewhere")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("PIP_PROXY", "kept")

    kept = building.clean_environment()

    assert "PIP_TARGET" not in kept
    assert "PYTHONPATH" not in kept
    assert kept["PIP_PROXY"] == "kept"


def test_without_ensurepip_the_exact_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian = building.system.Linux("debian", root=False)
    monkeypatch.setattr(building.system, "this_linux", lambda: debian)
    monkeypatch.setattr(building.sys, "platform", "linux")
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"

    with pytest.raises(Trouble, match=rf"sudo apt-get install .* {package}$"):
        building.make(Places(tmp_path), find=lambda name: None if name == "ensurepip" else name)


def test_the_second_waits_until_the_first_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        with turns.one_at_a_time(tmp_path / "lock"):
            order.append("second")

    def told(text: str) -> None:
        assert "waiting" in text
        waiting.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns.say, "line", told)
        thread = threading.Thread(target=second)
        with turns.one_at_a_time(tmp_path / "lock"):
            thread.start()
            assert waiting.wait(30)
            order.append("first")
        thread.join(30)
    assert order == ["first", "second"]


def test_a_dead_holder_blocks_nobody(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    rooms = str(Path(turns.__file__).parents[1])
    script = (
        f"import sys; sys.path.insert(0, {rooms!r})\n"
        "from pathlib import Path; from devkit.turns import one_at_a_time\n"
        f"with one_at_a_time(Path({str(lock)!r})):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        holder.kill()
        holder.wait()
        with turns.one_at_a_time(lock):
            assert os.path.exists(lock)  # noqa: PTH110
