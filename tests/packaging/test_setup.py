"""The set-up on a real virtual environment: made once, quick afterwards, repaired when broken."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from devkit import building, environment, health, stamp
from devkit.places import WINDOWS, Places
from devkit.say import Trouble

pytestmark = pytest.mark.slow

_CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from devkit import environment
from devkit.places import Places
environment.ensure(Places(Path(sys.argv[2])), environment.PROGRAM)
"""


def child(places: Places) -> "subprocess.Popen[bytes]":
    """Start the set-up of `places` in a process, and process group, of its own."""
    rooms = str(Path(building.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", _CHILD, rooms, str(places.root)],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def site(places: Places) -> Path:
    known = stamp.read(places.stamp)
    assert known is not None
    return health.site_packages(places, known.python)


def ensure_without_tool(places: Places) -> None:
    """Set up for the program alone, also when an earlier test has set up for the checks."""
    environment.ensure(places, environment.PROGRAM)
    if (site(places) / "tool.py").exists():
        delete_python(places)
        environment.ensure(places, environment.PROGRAM)


def delete_python(places: Places) -> None:
    places.python.unlink()


def delete_package(places: Places) -> None:
    shutil.rmtree(site(places) / "pysqlite3")


def delete_a_package_that_nothing_imports(places: Places) -> None:
    (site(places) / "builder.py").unlink()


def cut_a_file_short(places: Places) -> None:
    os.truncate(site(places) / "builder.py", 3)


def delete_a_package_whole(places: Places) -> None:
    (site(places) / "builder.py").unlink()
    shutil.rmtree(site(places) / "builder-1.0.dist-info")


def cut_the_record_short(places: Places) -> None:
    os.truncate(places.stamp, 40)


def put_nonsense_into_the_record(places: Places) -> None:
    places.stamp.write_text('{"format": 1, "state": "ready", "locks": 5}')


def leave_it_half_made(places: Places) -> None:
    known = stamp.read(places.stamp)
    assert known is not None
    stamp.write(places.stamp, stamp.Stamp(stamp.UNDER_WAY, known.root))
    (places.venv / "pyvenv.cfg").unlink()


def pretend_another_python(places: Places) -> None:
    config = site(places).parent.parent / "python3.99"
    shutil.move(site(places).parent, config)


def kill_it_on_the_way(places: Places) -> None:
    delete_python(places)
    process = child(places)
    limit = time.monotonic() + 60
    while not places.python.exists() or not list(places.venv.rglob("pip")):
        assert process.poll() is None, "the set-up ended before it could be killed"
        assert time.monotonic() < limit
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


NOTICED = [
    delete_python,
    delete_package,
    delete_a_package_that_nothing_imports,
    cut_a_file_short,
    delete_a_package_whole,
    cut_the_record_short,
    put_nonsense_into_the_record,
    leave_it_half_made,
    pytest.param(pretend_another_python, marks=pytest.mark.skipif(WINDOWS, reason="other layout")),
]


@pytest.mark.parametrize("break_it", NOTICED)
def test_a_broken_environment_is_noticed(
    checkout: Places, break_it: Callable[[Places], None], tmp_path: Path
) -> None:
    environment.ensure(checkout, environment.PROGRAM)
    shutil.copytree(checkout.venv, tmp_path / "whole", symlinks=True)
    try:
        break_it(checkout)
        assert environment.fault(checkout, environment.PROGRAM)
    finally:
        shutil.rmtree(checkout.venv)
        shutil.move(tmp_path / "whole", checkout.venv)
    assert environment.fault(checkout, environment.PROGRAM) == ""


REPAIRED = [
    delete_a_package_that_nothing_imports,
    cut_the_record_short,
    pytest.param(kill_it_on_the_way, marks=pytest.mark.skipif(WINDOWS, reason="no killpg")),
]


@pytest.mark.parametrize("break_it", REPAIRED)
def test_a_broken_environment_is_repaired(
    checkout: Places, break_it: Callable[[Places], None], capfd: pytest.CaptureFixture[str]
) -> None:
    environment.ensure(checkout, environment.PROGRAM)
    break_it(checkout)
    capfd.readouterr()

    environment.ensure(checkout, environment.PROGRAM)

    assert "Set-up is complete." in capfd.readouterr().out
    ran = subprocess.run([checkout.program], capture_output=True, text=True, check=True)
    assert ran.stdout == "tiny runs\n"


def test_a_second_run_has_nothing_to_do_and_is_quick(
    checkout: Places, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.ensure(checkout, environment.PROGRAM)
    capfd.readouterr()
    monkeypatch.setattr(building, "_pip", lambda *_: pytest.fail("pip was run again"))
    start = time.monotonic()

    environment.ensure(checkout, environment.PROGRAM)

    assert capfd.readouterr().out == ""
    assert time.monotonic() - start < 5


def test_the_checks_add_their_packages_without_starting_afresh(
    checkout: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_without_tool(checkout)
    monkeypatch.setattr(building, "make", lambda _: pytest.fail("it was made anew"))

    environment.ensure(checkout, environment.CHECKS)

    assert (site(checkout) / "tool.py").exists()


@pytest.mark.parametrize("digest", [" --hash=sha256:" + "0" * 64, ""], ids=["another", "no"])
def test_a_package_with_another_digest_or_none_is_refused(
    checkout: Places, capfd: pytest.CaptureFixture[str], digest: str
) -> None:
    ensure_without_tool(checkout)
    other = checkout.lock("other")
    other.write_text(checkout.lock("dev").read_text().split(" --hash")[0] + digest + "\n")
    try:
        with pytest.raises(Trouble, match=r"Nothing outside \.venv was touched"):
            environment.ensure(checkout, (*environment.PROGRAM, "other"))
    finally:
        other.unlink()
    assert "hash" in capfd.readouterr().err.lower()
    assert environment.fault(checkout, environment.PROGRAM) == ""


def test_a_changed_list_makes_the_environment_anew(checkout: Places) -> None:
    environment.ensure(checkout, environment.PROGRAM)
    before = checkout.lock("build").read_text()
    checkout.lock("build").write_text("# a remark\n" + before)
    try:
        assert "build.txt has changed" in environment.fault(checkout, environment.PROGRAM)
        environment.ensure(checkout, environment.PROGRAM)
        assert environment.fault(checkout, environment.PROGRAM) == ""
    finally:
        checkout.lock("build").write_text(before)


def test_two_at_the_same_time_take_turns(checkout: Places) -> None:
    environment.ensure(checkout, environment.PROGRAM)
    delete_python(checkout)
    first, second = child(checkout), child(checkout)

    assert (first.wait(timeout=120), second.wait(timeout=120)) == (0, 0)
    assert environment.fault(checkout, environment.PROGRAM) == ""


def test_somebody_elses_environment_is_added_to_and_never_emptied(checkout: Places) -> None:
    environment.ensure(checkout, environment.PROGRAM)
    delete_python(checkout)
    shutil.rmtree(checkout.venv)
    subprocess.run([sys.executable, "-m", "venv", str(checkout.venv)], check=True)
    own = checkout.venv / "my-own-file"
    own.write_text("keep me")
    try:
        environment.ensure(checkout, environment.PROGRAM)
        os.truncate(checkout.stamp, 10)
        environment.ensure(checkout, environment.PROGRAM)
        assert own.read_text() == "keep me"
        assert environment.fault(checkout, environment.PROGRAM) == ""
    finally:
        shutil.rmtree(checkout.venv)
