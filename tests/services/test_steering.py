"""Steering a generation: what is quoted, what is refused, and that a refusal changes nothing."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain import events
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import (
    BadInput,
    Code,
    IllegalStep,
    NotEnoughTokens,
    NotFound,
    StudioError,
)
from stylestudio_desktop.domain.generation import Category, Review, Status
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.services import (
    attempts,
    finishing,
    generate,
    history,
    ledger_proof,
    queue,
    steering,
    wallet,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, generations, jobs
from stylestudio_desktop.store.database import RuleBroken
from tests.factories import FakeProvider, brief_for, give, import_photo, open_test_studio
from tests.store.books import dump, faults
from tests.store.machines import HOST, second_person, work_until_processing


@pytest.fixture
def service() -> FakeProvider:
    return FakeProvider(max_models=1)


@pytest.fixture
def studio(tmp_path: Path, service: FakeProvider) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, {"local": service})
    ledger_proof.at_start(opened)  # as the window does; the first start would do it otherwise
    yield opened
    close_studio(opened)


@pytest.fixture
def product(studio: Studio, tmp_path: Path) -> FileId:
    return import_photo(studio, tmp_path)


@pytest.fixture
def told(studio: Studio) -> list[events.Event]:
    heard: list[events.Event] = []
    studio.bus.subscribe(heard.append)
    return heard


def unchanged(studio: Studio, kind: type[StudioError], act: Callable[[], object]) -> StudioError:
    """Run what must be refused, and hold the whole library against what it was."""
    before = dump(studio.database)
    heard: list[events.Event] = []
    end = studio.bus.subscribe(heard.append)
    with pytest.raises(kind) as caught:
        act()
    end()
    assert type(caught.value) is kind
    assert dump(studio.database) == before
    assert heard == []
    return caught.value


def test_a_quote_says_price_size_and_words(studio: Studio, product: FileId) -> None:
    brief = brief_for(product, quality="high", count=4, aspect_ratio="16:9", prompt="on sand")
    found = generate.quote(studio, brief)
    assert (found.price, found.each, found.balance, found.short) == (12, 3, 10, 2)
    assert (found.width, found.height) == (2048, 1152)
    assert "on sand" in found.prompt
    assert found.negative_prompt
    assert generate.quote(studio, brief_for(product)).short == 0


@pytest.mark.parametrize(
    "change",
    [
        {"products": ()},
        {"count": 5},
        {"count": 0},
        {"models": (FileId(1), FileId(2))},
        {"prompt": "\udcff"},
        {"seed": -1},
    ],
)
def test_what_can_t_be_made_is_refused(
    studio: Studio, product: FileId, change: dict[str, object]
) -> None:
    brief = dataclasses.replace(brief_for(product), **change)  # type: ignore[arg-type]
    unchanged(studio, BadInput, lambda: generate.start(studio, brief))


@pytest.mark.parametrize(
    "change",
    [
        {"style": "baroque"},
        {"quality": "gigantic"},
        {"aspect_ratio": "5:1"},
        {"provider": "nobody"},
        {"model": "nothing"},
    ],
)
def test_an_unknown_choice_is_refused(
    studio: Studio, product: FileId, change: dict[str, object]
) -> None:
    brief = dataclasses.replace(brief_for(product), **change)  # type: ignore[arg-type]
    error = unchanged(studio, NotFound, lambda: generate.start(studio, brief))
    assert "Choose one of" in error.sentence


def test_a_service_that_needs_a_person_says_so(tmp_path: Path) -> None:
    @dataclasses.dataclass
    class Picky(FakeProvider):
        @property
        def card(self):  # type: ignore[no-untyped-def]
            card = super().card
            able = dataclasses.replace(
                card.models[0].capabilities, needs_model_photo=True, max_products=1, max_models=1,
                qualities=("standard", "high"), ratios=("1:1",), worn_qualities=("standard",),
            )  # fmt: skip
            return dataclasses.replace(
                card, models=(dataclasses.replace(card.models[0], capabilities=able),)
            )

    studio = open_test_studio(tmp_path, {"local": Picky()})
    one, two = import_photo(studio, tmp_path), import_photo(studio, tmp_path, "red")
    person = import_photo(studio, tmp_path, "blue", Category.MODEL)
    other = import_photo(studio, tmp_path, "green", Category.MODEL)
    fitting = brief_for(one, models=(person,), quality="standard")
    for brief, word in (
        (dataclasses.replace(fitting, models=()), "photo of a person"),
        (dataclasses.replace(fitting, quality="draft"), "qualities standard, high"),
        (dataclasses.replace(fitting, aspect_ratio="3:4"), "ratios 1:1"),
        (dataclasses.replace(fitting, products=(one, two)), "at most 1 product photo."),
        (dataclasses.replace(fitting, models=(person, other)), "at most 1 photo of a person."),
        (dataclasses.replace(fitting, options={"arrangement": "flying"}), "no arrangement"),
        (dataclasses.replace(fitting, options={"backdrop": "beach"}), "no backdrop"),
        (dataclasses.replace(fitting, quality="high"), "pictures of people in the qualities"),
    ):
        assert (
            word in unchanged(studio, BadInput, lambda b=brief: generate.start(studio, b)).sentence
        )  # type: ignore[misc]
    assert generate.start(studio, fitting).status == "pending"
    close_studio(studio)


@pytest.mark.parametrize(
    ("most", "given", "said"),
    [
        (0, 1, "takes no photos of people."),
        (1, 2, "takes at most 1 photo of a person."),
        (2, 3, "takes at most 2 photos of people."),
    ],
)
def test_how_many_people_a_service_takes_is_said_in_good_grammar(
    tmp_path: Path, most: int, given: int, said: str
) -> None:
    studio = open_test_studio(tmp_path, {"local": FakeProvider(max_models=most)})
    colours = ("red", "blue", "green")[:given]
    people = tuple(import_photo(studio, tmp_path, one, Category.MODEL) for one in colours)
    brief = brief_for(import_photo(studio, tmp_path), models=people)
    error = unchanged(studio, BadInput, lambda: generate.start(studio, brief))
    assert said in error.sentence
    close_studio(studio)


def test_several_start_together_or_not_at_all(studio: Studio, product: FileId) -> None:
    briefs = [brief_for(product, count=4)] * 3
    error = unchanged(studio, NotEnoughTokens, lambda: generate.start_many(studio, briefs))
    assert "Nothing was started" in error.sentence
    unknown = brief_for(FileId(5))
    unchanged(studio, NotFound, lambda: generate.start_many(studio, [briefs[0], unknown]))
    assert len(generate.start_many(studio, briefs[:2])) == 2
    assert generate.start_many(studio, []) == []


def test_a_broken_rule_is_not_taken_for_an_empty_wallet(
    studio: Studio, product: FileId, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = generate.start(studio, brief_for(product))
    monkeypatch.setattr(generate, "new_id", lambda: row.id)
    unchanged(studio, RuleBroken, lambda: generate.start(studio, brief_for(product)))
    monkeypatch.undo()
    real = entries.append

    def twice(*given):  # type: ignore[no-untyped-def]
        real(*given)
        return real(*given)

    monkeypatch.setattr(entries, "append", twice)
    unchanged(studio, RuleBroken, lambda: generate.start(studio, brief_for(product)))


def test_a_start_stores_all_that_was_asked(
    studio: Studio, product: FileId, tmp_path: Path, told: list[events.Event]
) -> None:
    person = import_photo(studio, tmp_path, "red", Category.MODEL)
    told.clear()
    brief = Brief(
        products=(product,),
        models=(person,),
        prompt="  at night  ",
        negative_prompt=" rain ",
        style="vintage",
        quality="standard",
        aspect_ratio="2:3",
        count=2,
        seed=7,
        strength=0.5,
        guidance_scale=3.0,
        num_inference_steps=20,
        options=MappingProxyType({"kind": "dress"}),
    )
    row = generate.start(studio, brief)
    stored = attempts.owned(studio, row.id)
    assert stored == row
    assert (stored.price, stored.tokens_used, stored.pictures) == (4, 4, 2)
    assert stored.full_prompt == generate.quote(studio, brief).prompt.replace(
        "  at night  ", "at night"
    )
    assert json.loads(stored.options) == {"kind": "dress"}
    asked = generate.brief_of(studio, row.id)
    assert asked == dataclasses.replace(brief, prompt="at night", negative_prompt="rain")
    assert [type(event) for event in told] == [events.GenerationStarted, events.BalanceChanged]
    assert told[1] == events.BalanceChanged(studio.user_id, 6)
    place = queue.place(studio, row.id)
    assert place is not None
    assert (place.seed, place.attempt, place.provider) == (7, 0, "local")


def test_without_a_seed_one_is_drawn_and_kept(studio: Studio, product: FileId) -> None:
    seeds = {generate.start(studio, brief_for(product)).seed for _ in range(5)}
    assert len(seeds) > 1
    assert all(seed is not None and 0 <= seed < 2**31 for seed in seeds)


Steering = Callable[[Studio, int], object]
VERBS: tuple[Steering, ...] = (
    steering.cancel,
    steering.retry,
    steering.send_again,
    steering.let_go,
    steering.move_to_top,
    generate.brief_of,
    attempts.owned,
    history.story,
)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_nobody_steers_what_is_not_theirs_or_not_there(
    studio: Studio, product: FileId, verb: Steering
) -> None:
    row = generate.start(studio, brief_for(product))
    stranger = second_person(studio)
    unchanged(stranger, NotFound, lambda: verb(stranger, row.id))
    unchanged(studio, NotFound, lambda: verb(studio, 12345))


def failed(studio: Studio, product: FileId) -> Generation:
    row = generate.start(studio, brief_for(product, count=4))
    finishing.fail(studio, row.id, Code.NO_NETWORK, "Away.")
    return row


def test_refused_steps_change_nothing(studio: Studio, product: FileId) -> None:
    row = failed(studio, product)
    for verb in (steering.cancel, steering.send_again, steering.let_go):
        unchanged(studio, IllegalStep, lambda v=verb: v(studio, row.id))  # type: ignore[misc]
    waiting = generate.start(studio, brief_for(product, count=4))
    for verb in (steering.retry, steering.send_again, steering.let_go):
        unchanged(studio, IllegalStep, lambda v=verb: v(studio, waiting.id))  # type: ignore[misc]
    generate.start(studio, brief_for(product, count=4))
    unchanged(studio, NotEnoughTokens, lambda: steering.retry(studio, row.id))


def test_what_lies_in_the_trash_is_not_tried_again(studio: Studio, product: FileId) -> None:
    row = failed(studio, product)
    history.trash(studio, [row.id])
    error = unchanged(studio, IllegalStep, lambda: steering.retry(studio, row.id))
    assert "Restore it" in error.sentence
    history.restore(studio, [row.id])
    assert steering.retry(studio, row.id).status == "pending"


def test_a_retry_keeps_the_price_and_takes_a_new_place(studio: Studio, product: FileId) -> None:
    row = failed(studio, product)
    again = steering.retry(studio, row.id)
    assert (again.status, again.price, again.tokens_used, again.retry_count) == ("pending", 4, 4, 1)
    assert (again.error, again.error_code, again.completed_at) == (None, None, None)
    place = queue.place(studio, row.id)
    assert place is not None
    assert (place.attempt, place.host, place.tries) == (1, None, 0)
    assert [entry.kind for entry in history.story(studio, row.id).entries] == [
        "hold",
        "release",
        "hold",
    ]


@pytest.mark.parametrize("verb", [steering.cancel, steering.retry])
def test_of_two_who_act_at_once_one_is_told(
    studio: Studio, product: FileId, verb: Steering, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = generate.start(studio, brief_for(product))
    if verb is steering.retry:
        finishing.fail(studio, row.id, Code.NO_NETWORK, "Away.")
    monkeypatch.setattr(generations, "step", lambda *_given, **_changes: False)
    error = unchanged(studio, IllegalStep, lambda: verb(studio, row.id))
    assert "moved on" in error.sentence


def test_a_running_job_is_asked_to_stop_and_stops(studio: Studio, product: FileId) -> None:
    row = work_until_processing(studio, generate.start(studio, brief_for(product)))
    assert steering.cancel(studio, row.id).status == "processing"
    assert queue.wanted_stops(studio, HOST) == [row.id]
    assert queue.wanted_stops(studio, "another") == []
    finishing.stop(studio, row.id)
    ended = attempts.owned(studio, row.id)
    assert (ended.status, ended.error_code, ended.tokens_used) == ("cancelled", "cancelled", 0)
    assert ended.processing_time_ms is not None
    assert faults(studio.database) == []


def test_a_job_that_was_set_aside_goes_on_or_is_let_go(studio: Studio, product: FileId) -> None:
    for answer in (steering.send_again, steering.let_go):
        row = work_until_processing(studio, generate.start(studio, brief_for(product)))
        before = queue.place(studio, row.id)
        queue.set_aside(studio, row.id, Review.OUTCOME_UNKNOWN)
        assert queue.claim_next(studio, "next", "local") is None
        answer(studio, row.id)
        after = queue.place(studio, row.id)
        if answer is steering.send_again:
            assert before is not None
            assert after is not None
            assert after.intent_id != before.intent_id
            assert (after.ref, after.submitted_at, after.review, after.crashes) == (
                None,
                None,
                None,
                0,
            )
            steering.cancel(studio, row.id)
        else:
            assert after is None
            ended = attempts.owned(studio, row.id)
            assert (ended.status, ended.error_code) == ("failed", "outcome_unknown")
    assert wallet.summary(studio).user.token_balance == 10


def test_the_queue_can_be_paused_and_reordered(
    studio: Studio, product: FileId, told: list[events.Event]
) -> None:
    rows = [generate.start(studio, brief_for(product)) for _ in range(3)]
    steering.pause_queue(studio)
    assert queue.paused(studio, "local")
    steering.resume_queue(studio)
    assert not queue.paused(studio, "local")
    told.clear()
    steering.move_to_top(studio, rows[2].id)
    assert told == [events.QueueChanged()]
    steering.move_to_top(studio, rows[2].id)
    assert told == [events.QueueChanged()], "it was the first already"
    taken = []
    while (claimed := queue.claim_next(studio, HOST, "local")) is not None:
        taken.append(claimed[0].id)
    assert taken == [rows[2].id, rows[0].id, rows[1].id]


def test_every_code_a_generation_can_end_with_has_a_remedy_or_needs_none() -> None:
    assert set(steering.REMEDIES) <= {code.value for code in Code}
    for reason in Review:
        assert reason.value in steering.REMEDIES


def test_open_is_what_waits_or_runs(studio: Studio, product: FileId) -> None:
    row = generate.start(studio, brief_for(product))
    assert {
        status.value for status in Status if attempts.is_open(row._replace(status=status.value))
    } == {
        "pending",
        "uploading",
        "processing",
    }
    assert jobs.anything_left(studio.database)
    steering.cancel(studio, row.id)
    assert not queue.anything_left(studio)
    assert give(studio, 1) is None
