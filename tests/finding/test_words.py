"""The search's index of words is merged in short turns where many commits have scattered it."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.finding import parse
from stylestudio_desktop.services import finding
from stylestudio_desktop.services import words as tidying
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import soundness, words
from stylestudio_desktop.worker.besides import Besides
from tests.factories import open_test_studio
from tests.finding.library import fill

NEVER = Event()


def scatter(studio: Studio, commits: int) -> None:
    """Note something at forty pictures in each of so many commits."""
    ids = list(finding.ids(studio, parse("")))
    for number in range(commits):
        some = [ids[(40 * number + one) % len(ids)] for one in range(40)]
        with studio.database.write():
            studio.database.run_many(
                "UPDATE files SET note = ? WHERE id = ?",
                [
                    (f"linen w{one % 9973} x{one % 99991} y{number * one % 997}", one)
                    for one in some
                ],
            )


@pytest.fixture
def scattered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A library written to in many commits, where a page counts already."""
    monkeypatch.setattr(words, "SMALLEST", 1)
    studio = open_test_studio(tmp_path)
    fill(studio, 1500)
    scatter(studio, 30)
    assert words.segments(studio.database, "file_search").scattered
    yield studio
    close_studio(studio)


def found(studio: Studio) -> list[list[int]]:
    return [list(finding.ids(studio, parse(text))) for text in ("", "linen", "lin", "-linen")]


def test_everything_is_found_as_before_in_one_segment(scattered: Studio) -> None:
    before = found(scattered)
    assert any(before[1:])
    turns = tidying.tidy(scattered, NEVER)
    assert turns
    assert words.segments(scattered.database, "file_search").number == 1
    assert found(scattered) == before
    assert tidying.tidy(scattered, NEVER) == 0
    assert soundness.of_all(scattered.database, soundness.DEEP) == ([], [])


def test_a_turn_is_short_and_one_that_was_stopped_goes_on(
    scattered: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = found(scattered)
    monkeypatch.setattr(tidying, "TURN", 1)
    rests: list[int] = []

    def rest() -> None:
        rests.append(words.segments(scattered.database, "file_search").number)
        assert not scattered.database.engine.in_transaction()
        if len(rests) == 3:
            stop.set()

    stop = Event()
    assert tidying.tidy(scattered, stop, rest) == 3
    assert found(scattered) == before
    scatter(scattered, 3)
    before = found(scattered)
    turns = tidying.tidy(scattered, NEVER)
    assert turns > 1
    assert found(scattered) == before
    left = words.segments(scattered.database, "file_search")
    assert not left.scattered
    assert left.number < rests[0]
    assert soundness.of_all(scattered.database, soundness.DEEP) == ([], [])


def test_a_few_small_segments_are_left_alone(tmp_path: Path) -> None:
    assert not words.Segments(3, 90_000, 30_000).scattered
    assert not words.Segments(9, 90_000, 80_000).scattered
    assert not words.Segments(9, 300, 100).scattered
    assert words.Segments(4, 90_000, 60_000).scattered
    studio = open_test_studio(tmp_path)
    fill(studio, 5)
    assert tidying.tidy(studio, NEVER) == 0
    close_studio(studio)


def test_a_host_does_it_besides(scattered: Studio) -> None:
    beside = Besides(scattered, rest_s=0.01)
    beside.start()
    tick = Event()
    for _ in range(500):
        if words.segments(scattered.database, "file_search").number == 1:
            break
        tick.wait(0.02)
    assert beside.close()
    assert words.segments(scattered.database, "file_search").number == 1
