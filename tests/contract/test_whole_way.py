"""The whole way through the worker over HTTP: charged once, or told and not charged at all."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.generation import Category, Review, Status
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.services import (
    attempts,
    consents,
    generate,
    history,
    library,
    queue,
    steering,
    wallet,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker.runner import Runner
from tests.contract.case import Case
from tests.contract.cases import all_cases
from tests.contract.standin import until
from tests.factories import brief_for, give


@pytest.fixture(params=all_cases(), ids=lambda case: str(case.name))
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    made: Case = request.param()
    yield made
    made.held = False
    made.close()


@pytest.fixture
def opened(case: Case, tmp_path: Path) -> Iterator[Callable[[], Studio]]:
    """Open the workspace, each time as after a start of the program."""
    kept: list[tuple[Studio, Http]] = []

    def start() -> Studio:
        close()
        http = Http(pause_s=0.001)
        adapter = case.provider(http)
        studio = open_studio(Workspace(tmp_path / "workspace"), {adapter.card.id: adapter})
        studio.settings.change(services=[{"id": adapter.card.id, "consent_to": ""}])
        consents.give(studio, adapter.card.id)
        kept.append((studio, http))
        return studio

    def close() -> None:
        while kept:
            studio, http = kept.pop()
            close_studio(studio)
            http.close()

    yield start
    close()


def host(studio: Studio, done: Callable[[], bool] | None = None) -> None:
    """Host the queue until it is idle, or as told."""
    stop = threading.Event()
    timer = threading.Timer(20, stop.set)
    timer.start()
    try:
        runner = Runner(studio)
        runner.run(stop, until=done or runner.idle)
        assert not stop.is_set(), "the queue did not come to rest"
    finally:
        timer.cancel()


def begin(studio: Studio, case: Case, tmp_path: Path, **changes: Any) -> Generation:
    give(studio, 50)
    products = taken_in(studio, tmp_path, "teal", Category.PRODUCT)
    person = _needs_person(studio, case)
    people = (taken_in(studio, tmp_path, "pink", Category.MODEL),) if person else ()
    name = next(iter(studio.providers))
    brief = brief_for(products, provider=name, model=case.model, models=people, **changes)
    return generate.start(studio, brief)


def taken_in(studio: Studio, folder: Path, colour: str, category: Category) -> FileId:
    """Import a PNG with a clear part; the stand-ins look whether a PNG arrives."""
    path = folder / f"{colour}.png"
    image = Image.new("RGBA", (96, 64), colour)
    image.putpixel((0, 0), (0, 0, 0, 0))
    image.save(path)
    return FileId(library.import_files(studio, [path], category).files[0].id)


def _needs_person(studio: Studio, case: Case) -> bool:
    card = next(iter(studio.providers.values())).card
    models = [one for one in card.models if case.model in (None, one.id)]
    return bool(models) and models[0].capabilities.needs_model_photo


def balance(studio: Studio) -> int:
    return wallet.summary(studio).user.token_balance


def now(studio: Studio, row: Generation) -> Generation:
    return attempts.owned(studio, row.id)


def test_a_picture_is_made_and_charged_once(
    case: Case, opened: Callable[[], Studio], tmp_path: Path
) -> None:
    studio = opened()
    row = begin(studio, case, tmp_path)
    before = balance(studio)

    host(studio)

    assert now(studio, row).status == Status.COMPLETED.value, now(studio, row)
    assert len(history.story(studio, row.id).results) == 1
    assert balance(studio) == before
    assert len(case.accepted) == 1


def test_a_run_that_fails_costs_no_tokens(
    case: Case, opened: Callable[[], Studio], tmp_path: Path
) -> None:
    studio = opened()
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    case.fate = "refused" if case.refuses else "failed"

    host(studio, lambda: not attempts.is_open(now(studio, row)))

    assert now(studio, row).status == Status.FAILED.value
    assert balance(studio) == before + 1


def test_a_lost_answer_is_never_paid_twice(
    case: Case, opened: Callable[[], Studio], tmp_path: Path
) -> None:
    studio = opened()
    row = begin(studio, case, tmp_path)
    case.break_next("order", "lost")

    host(studio)

    assert len(case.accepted) == 1
    if case.finds_lost:
        assert now(studio, row).status == Status.COMPLETED.value
    else:
        place = queue.place(studio, row.id)
        assert place is not None
        assert place.review == Review.OUTCOME_UNKNOWN.value


@pytest.mark.parametrize("how", ["bad key", "no credit"])
def test_the_service_is_paused_until_it_is_cured(
    case: Case, opened: Callable[[], Studio], tmp_path: Path, how: str
) -> None:
    studio = opened()
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    case.break_next("order", how)

    host(studio, lambda: not attempts.is_open(now(studio, row)))

    assert queue.paused(studio, next(iter(studio.providers)))
    assert now(studio, row).status == Status.FAILED.value
    assert balance(studio) == before + 1
    assert not case.accepted


def test_a_rate_limit_waits_and_loses_nothing(
    case: Case, opened: Callable[[], Studio], tmp_path: Path
) -> None:
    studio = opened()
    row = begin(studio, case, tmp_path)
    case.break_next("order", "rate")

    host(studio)

    assert queue.paused(studio, next(iter(studio.providers)))
    assert attempts.is_open(now(studio, row))
    assert not case.accepted


def test_a_restart_goes_on_with_what_was_paid(
    case: Case, opened: Callable[[], Studio], tmp_path: Path
) -> None:
    if not case.asks:
        pytest.skip("the answer is the result")
    case.held = True
    studio = opened()
    row = begin(studio, case, tmp_path)
    host(studio, lambda: bool(case.accepted) and case.server.count(case.asks) > 0)

    case.held = False
    studio = opened()
    host(studio, lambda: not attempts.is_open(now(studio, row)))

    assert now(studio, row).status == Status.COMPLETED.value
    assert len(case.accepted) == 1


def test_cancelling_gives_the_tokens_back(
    case: Case, opened: Callable[[], Studio], tmp_path: Path
) -> None:
    case.held = True
    studio = opened()
    row = begin(studio, case, tmp_path)
    before = balance(studio)
    asked = threading.Event()

    def cancelled() -> bool:
        if case.accepted and not asked.is_set():
            asked.set()
            steering.cancel(studio, row.id)
        return asked.is_set() and not attempts.is_open(now(studio, row))

    host(studio, cancelled)

    assert now(studio, row).status == Status.CANCELLED.value
    assert balance(studio) == before + 1
    case.held = False
    until(lambda: len(case.accepted) == 1)
