"""Work on a disk that hangs in the middle: said, waited for, and left when asked."""

import time
from pathlib import Path
from threading import Event, Thread, current_thread

import pytest

from stylestudio_desktop.domain.errors import Stopped
from stylestudio_desktop.files import answering, attending
from stylestudio_desktop.files.attending import Progress, attended, waited_for

HOME = Path("/library")


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a drive that lies apart, and answers nothing but the first question."""
    monkeypatch.setattr(attending, "_together", lambda *_: False)
    monkeypatch.setattr(attending, "_LOOK_S", 0.01)
    monkeypatch.setattr(attending, "_GRACE_S", 0.05)
    monkeypatch.setattr(answering, "PATIENCE_S", 0.1)
    monkeypatch.setattr(answering, "must_answer", lambda _: None)
    monkeypatch.setattr(answering, "answers", lambda *_: False)


@pytest.mark.usefixtures("silent")
def test_it_is_told_once_and_goes_on_by_itself(tmp_path: Path) -> None:
    back, said = Event(), []

    def progress(done: int, total: int, name: str) -> None:
        said.append((done, total, waited_for(name)))
        if waited_for(name):
            Thread(target=lambda: (time.sleep(0.1), back.set())).start()

    def work(progress: Progress, _cancelled: Event | None) -> str:
        progress(3, 9, "coat.jpg")
        assert back.wait(10)
        progress(4, 9, "hat.jpg")
        return "done"

    assert attended(HOME, [tmp_path], work, progress, Event()) == "done"
    assert said == [(3, 9, None), (3, 9, str(tmp_path)), (4, 9, None)]


@pytest.mark.usefixtures("silent")
def test_what_was_left_ends_at_its_next_step_and_says_nothing_more(tmp_path: Path) -> None:
    back, ended, said, cancelled = Event(), [], [], Event()

    def work(progress: Progress, _cancelled: Event | None) -> None:
        cancelled.set()
        back.wait(10)
        try:
            progress(1, 2, "too late")
        except Stopped as error:
            ended.append((error, current_thread()))
            raise

    with pytest.raises(Stopped):
        attended(HOME, [tmp_path], work, lambda *step: said.append(step), cancelled)
    back.set()
    limit = time.monotonic() + 10
    while not ended and time.monotonic() < limit:
        time.sleep(0.01)
    ended[0][1].join(10)
    assert said == []


def test_a_cancel_lets_a_disk_that_answers_finish_its_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attending, "_together", lambda *_: False)
    monkeypatch.setattr(attending, "_GRACE_S", 0.0)
    cancelled = Event()

    def work(_progress: Progress, stop: Event | None) -> str:
        cancelled.set()
        assert stop is not None
        assert stop.wait(5)
        return "what was finished"

    assert attended(HOME, [tmp_path], work, cancelled=cancelled) == "what was finished"
    monkeypatch.setattr(attending, "LEAVING_S", 0.1)
    with pytest.raises(Stopped):
        attended(HOME, [tmp_path], lambda *_: Event().wait(2), cancelled=cancelled)


def test_on_the_disk_of_the_library_it_is_simply_done(tmp_path: Path) -> None:
    def work(_progress: Progress, _cancelled: Event | None) -> object:
        return current_thread()

    assert attended(tmp_path, [tmp_path / "not" / "made"], work) is current_thread()
    assert attended(tmp_path, [Path("/proc/self")], work) is not current_thread()


def test_what_the_work_raises_is_raised(tmp_path: Path) -> None:
    def work(_progress: Progress, _cancelled: Event | None) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        attended(tmp_path, [Path("/proc/self")], work)
