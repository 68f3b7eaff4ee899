"""What is chosen, what it costs and what keeps it from being made, without any window."""

from dataclasses import replace

import pytest

from stylestudio_desktop.config.catalogue import load_catalogue
from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.domain.brief import MAX_PROMPT, Brief, check
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.providers.protocol import Capabilities
from stylestudio_desktop.ui.create import draft as drafts
from stylestudio_desktop.ui.create.draft import Draft, Need, Photo, Step
from stylestudio_desktop.ui.create.remembered import from_memory, to_memory

CATALOGUE = load_catalogue(resources() / "catalogue" / "catalogue.json")
ABLE = Capabilities(
    max_products=3,
    max_models=1,
    ratios=("1:1", "2:3"),
    qualities=("draft", "standard"),
    max_count=2,
    seed=True,
)


def photo(number: int, kind: str = "auto") -> Photo:
    return Photo(FileId(number), f"{number:064x}", f"{number}.jpg", kind)


TWO = Draft(products=(photo(1), photo(2)))


def needs(draft: Draft, able: Capabilities = ABLE, ready: bool = True) -> list[Need]:
    return [problem.need for problem in drafts.problems(draft, able, ready)]


def test_a_product_is_all_that_is_needed() -> None:
    assert needs(Draft()) == [Need.PRODUCT]
    assert drafts.problems(Draft(), ABLE)[0].step is Step.PRODUCT
    assert needs(Draft(products=(photo(1),))) == []


@pytest.mark.parametrize(
    ("changes", "need", "step"),
    [
        ({"together": True, "products": tuple(map(photo, range(1, 5)))},
         Need.FEWER_PRODUCTS, Step.PRODUCT),
        ({"models": (photo(8), photo(9))}, Need.FEWER_PEOPLE, Step.MODEL),
        ({"quality": "high"}, Need.QUALITY, Step.LOOK),
        ({"ratio": "16:9"}, Need.RATIO, Step.LOOK),
        ({"count": 3}, Need.FEWER_PICTURES, Step.LOOK),
        ({"prompt": "x" * (MAX_PROMPT + 1)}, Need.SHORTER_PROMPT, Step.LOOK),
        ({"negative_prompt": "x" * (MAX_PROMPT + 1)}, Need.SHORTER_PROMPT, Step.LOOK),
    ],
)  # fmt: skip
def test_what_the_service_cannot_do_is_named_with_its_step(
    changes: dict[str, object], need: Need, step: Step
) -> None:
    found = drafts.problems(replace(TWO, **changes), ABLE)

    assert [(problem.need, problem.step) for problem in found] == [(need, step)]


def test_a_service_may_want_a_person_or_not_be_ready() -> None:
    wants = replace(ABLE, needs_model_photo=True)

    assert needs(TWO, wants) == [Need.PERSON]
    assert needs(replace(TWO, models=(photo(9),)), wants) == []
    assert needs(TWO, ready=False) == [Need.READY_SERVICE]


def test_many_products_are_no_problem_when_each_is_made_by_itself() -> None:
    many = Draft(products=tuple(map(photo, range(1, 11))))

    assert needs(many) == []
    assert Need.FEWER_PRODUCTS in needs(replace(many, together=True))


def test_the_bill_of_a_batch_counts_every_product() -> None:
    draft = replace(TWO, count=2, quality="high")

    alone = drafts.bill(draft, CATALOGUE, balance=10)
    together = drafts.bill(replace(draft, together=True), CATALOGUE, balance=10)

    assert (alone.pictures, alone.total, alone.after, alone.short) == (4, 12, -2, 2)
    assert (together.pictures, together.total, together.after, together.short) == (2, 6, 4, 0)


def test_nothing_is_missing_while_the_balance_is_not_known() -> None:
    bill = drafts.bill(TWO, CATALOGUE, balance=None)

    assert (bill.after, bill.short) == (None, 0)


def test_a_batch_becomes_one_brief_for_each_product() -> None:
    draft = replace(TWO, models=(photo(9),), count=2, seed=7, prompt="  calm  ")

    made = drafts.briefs(draft, ABLE)

    assert [brief.products for brief in made] == [(1,), (2,)]
    assert all(brief.models == (9,) and brief.count == 2 and brief.seed == 7 for brief in made)
    assert all(check(brief).prompt == "calm" for brief in made)


def test_together_is_one_brief() -> None:
    (brief,) = drafts.briefs(replace(TWO, together=True), ABLE)

    assert brief.products == (1, 2)


def test_knobs_that_the_service_lacks_are_left_out() -> None:
    draft = replace(TWO, strength=0.5, guidance_scale=4.0, steps=9, negative_prompt="dogs", seed=3)

    brief = drafts.briefs(draft, ABLE)[0]
    all_ = replace(
        ABLE, strength=True, guidance_scale=True, num_inference_steps=True, negative_prompt=True
    )
    full = drafts.briefs(draft, all_)[0]

    assert (brief.strength, brief.guidance_scale, brief.num_inference_steps) == (None, None, None)
    assert (brief.negative_prompt, brief.seed) == ("", 3)
    assert (full.strength, full.guidance_scale, full.num_inference_steps) == (0.5, 4.0, 9)
    assert full.negative_prompt == "dogs"


def test_the_kind_of_garment_goes_along_where_it_is_one() -> None:
    draft = Draft(products=(photo(1, "dress"), photo(2, "shoes")))

    assert [dict(one.options) for one in drafts.briefs(draft, ABLE)] == [
        {"garment": "dress"},
        {"garment": "shoes"},
    ]
    assert dict(drafts.briefs(Draft(products=(photo(1),)), ABLE)[0].options) == {}


def test_each_kind_of_a_group_goes_along_and_comes_back() -> None:
    """Else a shoe would be shown as large as the trousers beside it."""
    products = photo(1, "trousers"), photo(2, "shoes"), photo(3)
    brief = drafts.briefs(Draft(products=products, together=True), ABLE)[0]

    assert dict(brief.options) == {"garments": "trousers,shoes,auto"}
    assert drafts.like(brief, [photo(one.id) for one in products], []).products == products
    # One is gone, or the words are somebody else's: nobody knows which kind was whose.
    fewer = drafts.like(brief, [photo(1), photo(2)], []).products
    assert [one.kind for one in fewer] == ["auto", "auto"]
    odd = replace(brief, options={"garments": "trousers,shoes,boat"})
    assert {one.kind for one in drafts.like(odd, products, []).products} == {"auto"}
    same = Draft(products=(photo(1, "top"), photo(2, "top")), together=True)
    assert dict(drafts.briefs(same, ABLE)[0].options) == {"garment": "top"}
    plain = Draft(products=(photo(1), photo(2)), together=True)
    assert dict(drafts.briefs(plain, ABLE)[0].options) == {}


def test_how_products_are_shown_goes_along_and_comes_back() -> None:
    able = replace(ABLE, arrangements=("auto", "hung"), backdrops=("style", "white"))
    draft = replace(TWO, arrangement="hung", backdrop="white", together=True)
    wanted = {"arrangement": "hung", "backdrop": "white"}

    brief = drafts.briefs(draft, able)[0]
    assert dict(brief.options) == wanted
    assert dict(drafts.briefs(draft, ABLE)[0].options) == {}
    worn = replace(draft, models=(photo(9),))
    assert dict(drafts.briefs(worn, able)[0].options) == {}

    again = drafts.like(brief, draft.products, ())
    assert (again.arrangement, again.backdrop, again.reflection) == ("hung", "white", "auto")
    odd = drafts.like(replace(brief, options={"arrangement": "flying"}), draft.products, ())
    assert odd.arrangement == "auto"


def test_shoes_can_not_be_hung_and_a_batch_hangs_the_others() -> None:
    able = replace(ABLE, arrangements=("auto", "hung"))
    shoes = Draft(products=(photo(1, "shoes"),), arrangement="hung")
    assert needs(shoes, able) == [Need.ARRANGEMENT]

    batch = Draft(products=(photo(1, "shoes"), photo(2, "dress")), arrangement="hung")
    assert needs(batch, able) == []
    assert [one.options.get("arrangement") for one in drafts.briefs(batch, able)] == [None, "hung"]


def test_the_largest_size_is_not_for_people() -> None:
    able = replace(ABLE, worn_qualities=("draft",))
    worn = Draft(products=(photo(1),), models=(photo(2),))
    assert needs(worn, able) == [Need.WORN_QUALITY]
    assert needs(replace(worn, models=()), able) == []


def test_photos_are_added_once_and_up_to_a_limit() -> None:
    some = (photo(1), photo(2))

    assert drafts.added(some, [photo(2), photo(3)], 5) == (photo(1), photo(2), photo(3))
    assert drafts.added(some, [photo(3)], 2) == some
    assert drafts.without(some, 1) == (photo(2),)
    assert drafts.of_kind(some, 2, "bag") == (photo(1), photo(2, "bag"))


def test_choosing_one_more_person_than_fits_lets_the_last_go() -> None:
    assert drafts.toggled((photo(1),), photo(2), 1) == (photo(2),)
    assert drafts.toggled((photo(1),), photo(2), 2) == (photo(1), photo(2))
    assert drafts.toggled((photo(1), photo(2)), photo(1), 2) == (photo(2),)


def test_more_like_this_takes_everything_but_the_seed() -> None:
    brief = Brief(
        products=(FileId(1),),
        style="vintage",
        count=2,
        seed=5,
        prompt="calm",
        options={"garment": "bag"},
    )

    draft = drafts.like(brief, [photo(1)], [])

    assert draft.products == (photo(1, "bag"),)
    assert (draft.style, draft.count, draft.prompt, draft.seed) == ("vintage", 2, "calm", None)
    again = drafts.briefs(draft, ABLE)[0]
    assert replace(again, options=dict(again.options), seed=5) == brief


def test_a_draft_is_remembered_whole() -> None:
    draft = replace(
        TWO, together=True, models=(photo(9, "top"),), style="fashion", seed=4, strength=0.4,
        steps=20, guidance_scale=3.0, prompt="“quoted”\n", model="plain",
    )  # fmt: skip

    assert from_memory(to_memory(draft), CATALOGUE, ["local"]) == draft


@pytest.mark.parametrize(
    "memory",
    [
        {"style": "gone", "quality": 3, "ratio": None, "count": True, "seed": -1},
        {"products": "many", "models": [1, None, {"id": "x"}], "prompt": 5},
        {"products": [{"id": 1, "storage_id": "../../etc", "name": 3, "kind": "x"}]},
        {"count": 99, "strength": "much", "guidance_scale": True, "steps": 10**9, "model": 4},
        {"unknown": 1, "together": "yes", "prompt": "x" * (MAX_PROMPT + 1)},
    ],
)
def test_an_odd_memory_falls_back(memory: dict[str, object]) -> None:
    assert from_memory(memory, CATALOGUE, ["local"]) == Draft()


def test_a_service_that_is_gone_falls_back_to_one_that_is_there() -> None:
    found = from_memory({"provider": "old", "model": "v1"}, CATALOGUE, ["local", "other"])
    other = from_memory({"provider": "old", "model": "v1"}, CATALOGUE, ["other"])

    assert (found.provider, found.model) == ("local", None)
    assert (other.provider, other.model) == ("other", None)
