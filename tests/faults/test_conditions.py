"""What a computer can do to the program: each ends in a sentence, and it goes on by itself after.

Full, unplugged, gone, read-only and forbidden disks are answers of the disk from some point on,
until somebody puts it right while the work is under way. `python -m tests.faults generate --mode
NAME` strikes every point in that way.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain import ids
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.keeping import DAY_MS
from stylestudio_desktop.services import attempts, health, history
from stylestudio_desktop.services.backup import full, schedule, snapshots
from tests.factories import FakeProvider, import_photo, open_test_studio
from tests.faults.paths import named
from tests.faults.points import Ground, ground, strike_everywhere
from tests.faults.victims import CONDITIONS, why_not
from tests.worker.test_runner import begin, ended, work

needs_shim = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


@pytest.fixture(scope="module")
def here() -> Iterator[Ground]:
    with ground() as made:
        yield made


@needs_shim
@pytest.mark.linux
@pytest.mark.slow
@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_picture_is_finished_once_the_disk_is_right_again(here: Ground, condition: str) -> None:
    report = strike_everywhere(named("generate"), (condition,), ("fsync",), 1, on=here)
    assert report.total == 1
    assert report.violations == []


@pytest.mark.parametrize("days", [-400, 400])
def test_a_clock_that_jumps_harms_nothing(
    tmp_path: Path, days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set back, or ahead as after a long sleep: order, sums, queue and backups go on."""
    # A source of its own: ids that were given ahead of time would go on in the other tests.
    monkeypatch.setattr(ids, "_source", ids.IdSource())
    service = FakeProvider()
    studio = open_test_studio(tmp_path, {"local": service})
    first = begin(studio, tmp_path)
    work(studio, ended(studio, first))
    full.make(studio, tmp_path / "disk")
    studio.settings.change(backup_place=str(tmp_path / "disk"))
    second = begin(studio, tmp_path)
    shift = days * DAY_MS * 1_000_000
    clock = SimpleNamespace(time_ns=lambda: time.time_ns() + shift, time=time.time)
    monkeypatch.setattr(ids, "time", clock)
    work(studio, ended(studio, second))
    third = begin(studio, tmp_path)
    work(studio, ended(studio, third))
    assert list(history.ids(studio, GenerationFilter())) == [third.id, second.id, first.id]
    for row in (first, second, third):
        assert attempts.owned(studio, row.id).status == "completed"
    assert [one.sentence for one in health.verify(studio, deep=True).problems] == []
    # The last backups lie a year ahead or behind; either way new ones are due and can be made.
    assert {"snapshot", "full"} <= set(schedule.due(studio, ids.now_ms()))
    snapshots.take(studio, snapshots.Reason.HOURLY)
    full.make(studio, tmp_path / "disk")
    assert not {"snapshot", "full"} & set(schedule.due(studio, ids.now_ms()))
    close_studio(studio)


@pytest.mark.linux
@pytest.mark.slow
def test_too_little_memory_ends_in_a_sentence(tmp_path: Path) -> None:
    """A picture that does not fit is refused, what is there stays, and the next start is fine."""
    studio = open_test_studio(tmp_path)
    import_photo(studio, tmp_path)
    close_studio(studio)
    large = tmp_path / "large.jpg"
    Image.new("RGB", (9000, 9000), "teal").save(large)
    program = f"""
import resource, sys
from stylestudio_desktop.__main__ import main
from stylestudio_desktop.files import scaling
import PIL.Image, PIL.JpegImagePlugin
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 120_000_000,) * 2)
sys.exit(main(["--workspace", {str(tmp_path / "workspace")!r}, "import", {str(large)!r},
  "--as", "product"]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert done.returncode in (2, 5)
    assert "memory" in done.stderr + done.stdout
    again = open_test_studio(tmp_path)
    assert [one.sentence for one in health.verify(again, deep=True).problems] == []
    close_studio(again)
