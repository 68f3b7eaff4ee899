"""One thing done to many generations: what is done, what is left, and stopping in between."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import Code, StorageFull
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.services import attempts, generate, history, history_bulk, steering
from stylestudio_desktop.services.studio import Studio
from tests.factories import brief_for, import_photo, open_test_studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, tokens=100)
    yield opened
    close_studio(opened)


@pytest.fixture
def ids(studio: Studio, tmp_path: Path) -> list[int]:
    product = import_photo(studio, tmp_path)
    return [generate.start(studio, brief_for(product)).id for _ in range(7)]


def quiet(_done: int, _all: int) -> None:
    """Take no notice."""


def test_cancel_all_and_say_what_was_left(studio: Studio, ids: list[int]) -> None:
    steering.cancel(studio, ids[0])
    seen: list[tuple[int, int]] = []

    account = history_bulk.cancel(studio, ids, lambda done, of: seen.append((done, of)))

    assert account.done == tuple(ids[1:])
    assert account.skipped == 1
    assert account.reason
    assert seen[-1] == (7, 7)


def test_only_failed_ones_are_retried(studio: Studio, ids: list[int]) -> None:
    with studio.database.write():
        row = attempts.owned(studio, ids[2])
        attempts.close(studio, row, Status.FAILED, Code.SERVICE_FAILED, "No.")

    account = history_bulk.retry(studio, ids, quiet)

    assert account.done == (ids[2],)
    assert account.skipped == 6


def test_trash_goes_by_portions_and_leaves_open_ones(
    studio: Studio, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_bulk, "PORTION", 3)
    for one in (*ids[:4], *ids[5:]):
        steering.cancel(studio, one)

    account = history_bulk.trash(studio, ids, quiet)

    assert account.done == (*ids[:4], *ids[5:])
    assert account.skipped == 1
    assert list(history.ids(studio, GenerationFilter())) == [ids[4]]

    back = history_bulk.restore(studio, account.done, quiet)
    assert back.done == account.done
    assert len(history.ids(studio, GenerationFilter())) == 7


def test_stopping_keeps_what_is_done(
    studio: Studio, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Event()
    account = history_bulk.cancel(studio, ids, lambda done, _of: done < 3 or stop.set(), stop)
    assert account.done == tuple(ids[:3])

    monkeypatch.setattr(history_bulk, "PORTION", 2)
    stop.clear()
    account = history_bulk.trash(studio, ids[:3], lambda *_: stop.set(), stop)
    assert account.done == tuple(ids[:2])


def test_a_full_disk_ends_it_loudly(
    studio: Studio, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(history_bulk.steering, "cancel", full)
    with pytest.raises(StorageFull):
        history_bulk.cancel(studio, ids, quiet)
