"""Work off the UI thread, events into signals, and garbage that dies where it lives."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from stylestudio_desktop.ui.collector import Collector
from stylestudio_desktop.ui.live import Live
from stylestudio_desktop.ui.tasks import Tasks
from tests.ui.watchdog import Watchdog


def test_work_is_done_elsewhere_and_told_here(tasks: Tasks, qtbot: QtBot) -> None:
    here, told = threading.get_ident(), []
    tasks.run(threading.get_ident, lambda there: told.append((there, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(told))
    assert told[0][0] != here
    assert told[0][1] == here


def test_an_error_reaches_failure(tasks: Tasks, qtbot: QtBot) -> None:
    errors: list[Exception] = []

    def op() -> None:
        raise OSError("no disk")

    tasks.run(op, lambda _done: errors.append(AssertionError()), errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], OSError)


def test_an_error_nobody_takes_is_loud(tasks: Tasks, qtbot: QtBot) -> None:
    with qtbot.captureExceptions() as caught:
        tasks.run(lambda: [][0])
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is IndexError


def test_what_is_cancelled_is_not_told(tasks: Tasks, qtbot: QtBot) -> None:
    go, told = threading.Event(), []
    task = tasks.run(lambda: go.wait(5), told.append)
    task.cancel()
    go.set()
    qtbot.waitUntil(lambda: not tasks.busy())
    assert told == []


def test_an_owner_that_is_gone_hears_nothing(tasks: Tasks, qtbot: QtBot) -> None:
    owner, go, told = QObject(), threading.Event(), []
    tasks.run(lambda: go.wait(5), told.append, owner=owner)
    owner.deleteLater()
    with qtbot.waitSignal(owner.destroyed):
        pass
    go.set()
    qtbot.waitUntil(lambda: not tasks.busy())
    assert told == []


def test_closing_drops_what_waits(qtbot: QtBot) -> None:
    pool, go, ran = Tasks(threads=1), threading.Event(), []
    pool.run(lambda: go.wait(5))
    pool.run(lambda: ran.append(1))
    go.set()
    assert pool.close(5000)
    assert ran in ([], [1])
    qtbot.waitUntil(lambda: True)


def test_events_arrive_in_order_on_the_ui_thread(qtbot: QtBot) -> None:
    live, seen = Live(), []
    live.happened.connect(lambda event: seen.append((event, threading.get_ident())))
    thread = threading.Thread(target=lambda: [live.publish(number) for number in range(50)])
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(seen) == 50)
    assert [event for event, _ in seen] == list(range(50))
    assert {where for _, where in seen} == {threading.get_ident()}


def test_a_commit_elsewhere_is_noticed_once(qtbot: QtBot) -> None:
    version = [7]
    live = Live(lambda: version[0], poll_ms=5)
    noticed: list[None] = []
    live.changed_elsewhere.connect(lambda: noticed.append(None))
    version[0] = 8
    with qtbot.waitSignal(live.changed_elsewhere, timeout=1000):
        pass
    with qtbot.assertNotEmitted(live.changed_elsewhere, wait=40):
        pass
    live.close()
    assert len(noticed) == 1


def test_garbage_is_collected_by_the_ui_thread_alone(qtbot: QtBot) -> None:
    where: list[int] = []
    gc.callbacks.append(lambda _phase, _info: where.append(threading.get_ident()))
    try:
        collector = Collector()
        assert not gc.isenabled()

        def litter() -> None:
            for _ in range(5000):
                ring: list[object] = []
                ring.append(ring)

        thread = threading.Thread(target=litter)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: bool(where), timeout=3000)
        assert set(where) == {threading.get_ident()}
    finally:
        gc.callbacks.pop()
        collector.close()


def test_the_watchdog_barks(qapp: object, qtbot: QtBot) -> None:
    watch = Watchdog()
    watch.start()
    qtbot.wait(30)
    total = 0
    for number in range(3_000_000):  # busy, so that it counts as our own time
        total += number
    qtbot.wait(30)
    watch.stop()
    assert watch.worst > 50


@pytest.mark.parametrize("threads", [1, 4])
def test_many_tasks_all_come_back(qtbot: QtBot, threads: int) -> None:
    pool, told = Tasks(threads=threads), []
    for number in range(300):
        pool.run(lambda number=number: number, told.append)
    qtbot.waitUntil(lambda: len(told) == 300)
    assert sorted(told) == list(range(300))
    assert pool.close()
