"""Large files go in steps: nobody waits for gigabytes, and what a crash leaves is no snapshot."""

import os
import sys
from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import Stopped
from stylestudio_desktop.files import removing
from stylestudio_desktop.files.removing import STEP, remove

needs_leases = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who reads it")


@pytest.fixture
def cuts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the sizes that a file is cut to, one after the other."""
    seen: list[int] = []
    cut = os.ftruncate

    def look(descriptor: int, size: int) -> None:
        seen.append(size)
        cut(descriptor, size)

    monkeypatch.setattr(removing.os, "ftruncate", look)
    return seen


def sized(path: Path, size: int) -> Path:
    """Return a file of that size, with holes."""
    with path.open("wb") as file:
        file.truncate(size)
    return path


@needs_leases
@pytest.mark.linux
def test_a_large_file_goes_a_step_at_a_time(tmp_path: Path, cuts: list[int]) -> None:
    remove(sized(tmp_path / "old", 3 * STEP + 5), tmp_path / "old.part")

    assert cuts == [2 * STEP + 5, STEP + 5, 5]
    assert list(tmp_path.iterdir()) == []


def test_a_small_one_goes_at_once_and_one_that_is_gone_is_no_error(
    tmp_path: Path, cuts: list[int]
) -> None:
    remove(sized(tmp_path / "old", STEP), tmp_path / "old.part")
    remove(tmp_path / "old", tmp_path / "old.part")

    assert cuts == []
    assert list(tmp_path.iterdir()) == []


@needs_leases
@pytest.mark.linux
def test_whoever_stops_it_finds_the_rest_under_the_other_name(tmp_path: Path) -> None:
    calls: list[int] = []

    def check() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        remove(sized(tmp_path / "old", 3 * STEP), tmp_path / "old.part", check)

    assert [path.name for path in tmp_path.iterdir()] == ["old.part"]
    assert (tmp_path / "old.part").stat().st_size == 2 * STEP
    remove(tmp_path / "old.part", tmp_path / "old.part")
    assert list(tmp_path.iterdir()) == []


def test_who_reads_it_or_has_another_name_for_it_keeps_the_whole(
    tmp_path: Path, cuts: list[int]
) -> None:
    """Somebody may be looking for a picture in an old snapshot while it becomes superfluous."""
    old = sized(tmp_path / "old", 3 * STEP)
    with old.open("r+b") as reader:
        reader.seek(3 * STEP - 4)
        reader.write(b"tail")
        reader.flush()
        remove(old, tmp_path / "old.part")
        reader.seek(3 * STEP - 4)
        assert reader.read() == b"tail"
    other = sized(tmp_path / "other", 3 * STEP)
    os.link(other, tmp_path / "kept")
    remove(other, tmp_path / "other.part")

    assert cuts == []
    assert [(path.name, path.stat().st_size) for path in tmp_path.iterdir()] == [("kept", 3 * STEP)]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_goes_and_what_it_leads_to_stays(tmp_path: Path, cuts: list[int]) -> None:
    sized(tmp_path / "far", 3 * STEP)
    (tmp_path / "old").symlink_to(tmp_path / "far")
    remove(tmp_path / "old", tmp_path / "old.part")

    assert cuts == []
    assert [path.name for path in tmp_path.iterdir()] == ["far"]
