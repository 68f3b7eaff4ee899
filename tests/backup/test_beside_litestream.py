"""A library that somebody has Litestream copy elsewhere: nothing of ours is hurt by that."""

import contextlib
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import health
from stylestudio_desktop.services.backup import moments, restore, snapshots
from stylestudio_desktop.services.backup.moments import Moment
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import copying
from tests.backup.histories import Life

TABLES = (
    "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)",
    "CREATE TABLE _litestream_lock (id INTEGER)",
)
TICK_MS = 10
PATIENCE_S = 60


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    (tmp_path / "life").mkdir()
    lived = Life(tmp_path / "life")
    yield lived
    lived.close()


@pytest.fixture
def program() -> str:
    """Return Litestream, from the PATH or from the stand-ins' environment."""
    own = Path(__file__).parents[2] / "build" / "standins" / "bin" / "litestream"
    found = shutil.which("litestream") or (str(own) if own.is_file() else None)
    if found is None:
        pytest.skip("Litestream is not installed")
    return found


def wrongs(studio: Studio) -> list[str]:
    """Return what the proof says of the schema."""
    return [one.subject for one in health.verify(studio).problems if one.rule == "schema"]


def test_its_two_tables_are_no_fault_and_hinder_no_restore(life: Life) -> None:
    for table in TABLES:
        life.studio.database.run(table)
    assert wrongs(life.studio) == []
    snapshot = snapshots.take(life.studio, snapshots.Reason.ASKED)
    assert restore.stage(life.studio.workspace, snapshot).missing == ()


@pytest.mark.parametrize(
    "other",
    [
        "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER, more BLOB)",
        "CREATE TABLE _litestream_other (id INTEGER)",
        "CREATE TRIGGER _litestream_seq AFTER UPDATE ON users BEGIN DELETE FROM files; END",
    ],
)
def test_what_only_has_its_name_is_a_fault(life: Life, other: str) -> None:
    life.studio.database.run(other)
    assert wrongs(life.studio) == [other.split()[2]]
    snapshot = snapshots.take(life.studio, snapshots.Reason.ASKED)
    with pytest.raises(BadInput, match="not as this program makes it"):
        restore.stage(life.studio.workspace, snapshot)


@contextlib.contextmanager
def following(program: str, database: Path, home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Have Litestream follow the database, and fold its log in every fifty pages."""
    home.mkdir(exist_ok=True)
    settings = home / "litestream.yml"
    settings.write_text(
        f"dbs:\n  - path: {database}\n    monitor-interval: 100ms\n"
        "    min-checkpoint-page-count: 50\n    replica:\n      type: file\n"
        f"      path: {home / 'replica'}\n      sync-interval: 100ms\n"
    )
    with (home / "log").open("ab") as log:
        command = [program, "replicate", "-config", str(settings)]
        running = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            until = time.monotonic() + PATIENCE_S
            while not list((home / "replica").rglob("*.ltx")) and time.monotonic() < until:
                time.sleep(0.05)
            yield running
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(PATIENCE_S)


def write(studio: Studio, seconds: float, lived: list[tuple[int, int]]) -> None:
    """Write names, and note when each was begun to be written, and when it was."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = now_ms()
        with studio.database.write():
            studio.database.run("UPDATE users SET name = ?", (f"{len(lived)} " + "x" * 9000,))
        lived.append((began, now_ms()))
        time.sleep(random.choice([0.01, 0.03, 0.06, 0.3]))


def assert_reached(studio: Studio, lived: list[tuple[int, int]], folder: Path) -> None:
    """Go back to twenty random moments."""
    for _ in range(20):
        moment = random.randint(lived[1][1] + 100, lived[-1][1])
        origin = moments.find(studio.workspace, moment)
        assert isinstance(origin, Moment), "the journal's chain broke"
        found = number_in(restore.put_database(studio.workspace, origin, folder, lambda: None))
        assert found >= max(n for n, (_, done) in enumerate(lived) if done <= moment - 100)
        assert lived[found][0] <= moment + TICK_MS


def number_in(path: Path) -> int:
    """Return the number that the name in a database begins with."""
    with contextlib.closing(copying.Copy(path)) as copy:
        copy.open()
        return int(str(copy.value("SELECT name FROM users")).split()[0])


def test_every_moment_is_reached_while_litestream_folds_the_log_in(
    life: Life, program: str, tmp_path: Path
) -> None:
    studio, lived = life.studio, list[tuple[int, int]]()
    with following(program, studio.workspace.database, tmp_path / "its"):
        until = time.monotonic() + PATIENCE_S
        while len(list(studio.workspace.journal.glob("*.log"))) < 6:
            assert time.monotonic() < until, "it does not fold in"
            write(studio, 1, lived)
    assert_reached(studio, lived, tmp_path / "then")
    assert wrongs(studio) == []


def test_litestream_may_die_at_any_time_and_come_again(
    life: Life, program: str, tmp_path: Path
) -> None:
    studio, lived = life.studio, list[tuple[int, int]]()
    for _ in range(3):
        with following(program, studio.workspace.database, tmp_path / "its") as running:
            write(studio, 1.5, lived)
            running.kill()
            running.wait(PATIENCE_S)
        write(studio, 0.5, lived)
    assert_reached(studio, lived, tmp_path / "then")


def test_what_litestream_brings_back_is_a_library(life: Life, program: str, tmp_path: Path) -> None:
    studio, lived = life.studio, list[tuple[int, int]]()
    with following(program, studio.workspace.database, tmp_path / "its"):
        write(studio, 2, lived)
        time.sleep(0.5)
    home = tmp_path / "elsewhere" / "workspace"
    home.mkdir(parents=True, mode=0o700)
    replica = (tmp_path / "its" / "replica").as_uri()
    command = [program, "restore", "-o", str(home / "library.sqlite3"), replica]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)
    again = open_studio(Workspace(home), providers={})
    try:
        assert number_in(home / "library.sqlite3") == len(lived) - 1
        assert wrongs(again) == []
    finally:
        close_studio(again)
