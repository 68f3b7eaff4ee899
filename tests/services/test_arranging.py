"""The queue as people know it from downloads: reordered, held up by service, done elsewhere."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import BadInput, Code, IllegalStep, NotFound
from stylestudio_desktop.domain.events import Event, ServicePaused
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import (
    arranging,
    attempts,
    finishing,
    generate,
    history,
    lineup,
    queue,
    steering,
    wallet,
)
from stylestudio_desktop.services.queue import Hold
from stylestudio_desktop.services.studio import Studio
from tests.factories import FakeProvider, brief_for, import_photo, open_test_studio
from tests.store.books import faults


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    services = {"local": FakeProvider(concurrency=2), "other": FakeProvider("other", max_models=0)}
    opened = open_test_studio(tmp_path, services, tokens=20)
    yield opened
    assert faults(opened.database) == []
    close_studio(opened)


@pytest.fixture
def line(studio: Studio, tmp_path: Path) -> list[int]:
    """Four generations that wait, in their order."""
    product = import_photo(studio, tmp_path)
    return [row.id for row in generate.start_many(studio, [brief_for(product)] * 4)]


def order(studio: Studio) -> list[int]:
    return [one.job.generation_id for one in lineup.places(studio)]


def test_up_down_to_the_top_to_the_bottom_and_before_another(
    studio: Studio, line: list[int]
) -> None:
    a, b, c, d = line
    arranging.move_by(studio, c, -1)
    assert order(studio) == [a, c, b, d]
    arranging.move_by(studio, a, 1)
    assert order(studio) == [c, a, b, d]
    arranging.move_by(studio, c, -1)
    arranging.move_by(studio, d, 1)
    assert order(studio) == [c, a, b, d]
    arranging.move_before(studio, c, None)
    assert order(studio) == [a, b, d, c]
    arranging.move_by(studio, d, 1)
    assert order(studio) == [a, b, c, d]
    arranging.move_before(studio, d, b)
    arranging.move_before(studio, d, d)
    assert order(studio) == [a, d, b, c]
    steering.move_to_top(studio, b)
    assert order(studio) == [b, a, d, c]
    claimed = queue.claim_next(studio, "host", "local")
    assert claimed is not None
    assert claimed[0].id == b


def test_any_number_of_moves_between_the_same_two_finds_a_place(
    studio: Studio, line: list[int]
) -> None:
    a, b, c, d = line
    for _ in range(45):
        arranging.move_before(studio, c, b)
        arranging.move_before(studio, d, c)
        arranging.move_before(studio, b, None)
        arranging.move_before(studio, b, d)
    assert order(studio) == [a, b, d, c]


def test_alone_in_the_queue_nothing_moves(studio: Studio, tmp_path: Path) -> None:
    row = generate.start(studio, brief_for(import_photo(studio, tmp_path)))
    arranging.move_before(studio, row.id, None)
    assert order(studio) == [row.id]


def test_what_runs_or_is_gone_does_not_move(studio: Studio, line: list[int]) -> None:
    a, b, *_ = line
    assert queue.claim(studio, "host", a) is not None
    with pytest.raises(IllegalStep):
        arranging.move_before(studio, a, b)
    with pytest.raises(IllegalStep):
        arranging.move_by(studio, a, 1)
    with pytest.raises(IllegalStep):
        arranging.move_before(studio, b, a)
    with pytest.raises(NotFound):
        arranging.move_before(studio, 5, b)


def test_one_service_held_up_lets_the_others_go_on(studio: Studio, line: list[int]) -> None:
    arranging.pause_service(studio, "local")
    assert queue.hold(studio, "local") is Hold.NEW
    assert queue.hold(studio, "other") is Hold.NOTHING
    assert "Test service" in lineup.pauses(studio)[0].sentence
    steering.resume_queue(studio, "local")
    assert queue.hold(studio, "local") is Hold.NOTHING
    with pytest.raises(NotFound):
        arranging.pause_service(studio, "nobody")
    assert len(line) == 4


def test_a_failed_generation_is_made_elsewhere_and_stays_as_it_is(
    studio: Studio, line: list[int]
) -> None:
    a, *_ = line
    finishing.fail(studio, a, Code.SERVICE_REFUSED, "It was refused.")
    before = wallet.summary(studio).user.token_balance
    made = arranging.elsewhere(studio, a, "other", "plain")
    assert (made.provider, made.model, made.status) == ("other", "plain", "pending")
    assert made.seed == attempts.owned(studio, a).seed
    assert attempts.owned(studio, a).status == "failed"
    assert wallet.summary(studio).user.token_balance == before - 1


def test_waiting_work_changes_its_service_without_being_paid_twice(
    studio: Studio, line: list[int]
) -> None:
    a, b, *_ = line
    before = wallet.summary(studio).user.token_balance
    made = arranging.elsewhere(studio, a, "other")
    gone = attempts.owned(studio, a)
    assert gone.status == "cancelled"
    assert "Test service" in (gone.error or "")
    assert wallet.summary(studio).user.token_balance == before
    assert queue.claim(studio, "host", b) is not None
    with pytest.raises(IllegalStep):
        arranging.elsewhere(studio, b, "other")
    with pytest.raises(BadInput):
        arranging.elsewhere(studio, made.id, "nobody")


def test_every_place_says_when_it_will_be_ready(studio: Studio, line: list[int]) -> None:
    assert {one.ready_ms for one in lineup.places(studio)} == {None}
    studio.database.run("UPDATE generations SET status = 'uploading' WHERE id = ?", (line[0],))
    studio.database.run("UPDATE generations SET status = 'processing' WHERE id = ?", (line[0],))
    assert queue.claim(studio, "host", line[0]) is not None
    row = attempts.owned(studio, line[0])
    picture = studio.workspace.tmp / "x.part"
    from stylestudio_desktop.providers.protocol import Output
    from tests.factories import picture_bytes

    picture.write_bytes(picture_bytes())
    finishing.complete(studio, row, [finishing.save_result(studio, picture, Output(0, ""))])
    studio.database.run(
        "UPDATE generations SET processing_time_ms = 10000 WHERE id = ?", (line[0],)
    )
    first, second, third = lineup.places(studio)
    assert (first.takes_ms, first.ready_ms) == (10_000, 10_000)
    # Two are made at once: the second begins with the first, the third when one is done.
    assert (second.ready_ms, third.ready_ms) == (10_000, 20_000)
    assert queue.claim(studio, "host", line[1]) is not None
    queue.progress(studio, line[1], "Painting", 0.5)
    running = lineup.places(studio)[0]
    assert (running.job.generation_id, running.ready_ms) == (line[1], 5_000)


def test_a_service_that_was_removed_is_still_lined_up(studio: Studio, line: list[int]) -> None:
    del studio.providers["local"]  # type: ignore[attr-defined]
    assert lineup._side_by_side(studio, "local") == 1
    assert len(line) == 4
    studio.providers["local"] = FakeProvider()  # type: ignore[index]


def test_who_else_could_make_it_is_named_after_a_failure_of_the_service(
    studio: Studio, line: list[int]
) -> None:
    a, b, *_ = line
    assert history.story(studio, a).instead == ()
    finishing.fail(studio, a, Code.SERVICE_REFUSED, "It was refused.")
    (other,) = history.story(studio, a).instead
    assert (other.provider, other.name, other.price) == ("other", "Test service", 1)
    finishing.fail(studio, b, Code.FILE_MISSING, "A photo is gone.")
    assert history.story(studio, b).instead == ()
    queue.pause_service(studio, "other", None, Code.NEEDS_PAYMENT, "It has no credit.")
    assert history.story(studio, a).instead == ()
    steering.resume_queue(studio, "other")
    assert len(history.story(studio, a).instead) == 1


def test_only_services_that_can_do_it_are_named(studio: Studio, tmp_path: Path) -> None:
    product = import_photo(studio, tmp_path)
    person = import_photo(studio, tmp_path, "pink", Category.MODEL)
    row = generate.start(studio, replace(brief_for(product), models=(person,)))
    finishing.fail(studio, row.id, Code.SERVICE_FAILED, "It failed.")
    assert history.story(studio, row.id).instead == ()  # the other one takes no people


def test_a_pause_that_a_service_asks_for_is_told_once(studio: Studio) -> None:
    told: list[ServicePaused] = []

    def listen(event: Event) -> None:
        if isinstance(event, ServicePaused):
            told.append(event)

    studio.bus.subscribe(listen)
    for _ in range(2):
        queue.pause_service(studio, "other", None, Code.NEEDS_KEY, "It has no key.")
    assert told == [ServicePaused("other", None, "needs_key", "It has no key.")]
    queue.pause_service(studio, "other", None, Code.NEEDS_PAYMENT, "It has no credit.")
    queue.pause_service(studio, "local", now_ms() - 1, Code.SERVICE_BUSY, "Busy.")
    queue.pause_service(studio, "local", now_ms() + 9000, Code.SERVICE_BUSY, "Busy.")
    assert [one.provider for one in told] == ["other", "other", "local", "local"]
