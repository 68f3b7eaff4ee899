"""Whatever is combined, the right pictures are found, and never by a scan or a sort."""

import itertools
import random
from typing import Any

import pytest

from stylestudio_desktop.domain.finding import parse
from stylestudio_desktop.services import bulk, library
from stylestudio_desktop.services import finding as services
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import comparing, facets, finding, narrowing
from stylestudio_desktop.store.comparing import Bounds
from tests.finding.library import Seen, fill, fits
from tests.overhearing import complaints

Filled = tuple[Studio, list[Seen]]
PARTS = (
    ("linen", "bea", '"wool ete"', "-tee", "name:coat -linen", "note:again", "summer", "zzz"),
    ("style:vintage", "style:vintage style:fashion", "-style:fashion", "style:unknown"),
    ("provider:comfyui", "provider:local provider:comfyui", "-provider:local"),
    ("rating:>=4", "rating:3", "rating:<=2", "is:rated", "rating:0", "rating:5 rating:1"),
    ("category:result", "category:product category:model", "-category:model"),
    ("tag:summer", 'tag:"winter SALE"', "-tag:summer", "tag:nowhere", "tag:summer tag:rare",
     'tag:summer tag:"winter sale"', "-tag:nowhere", "tag:rare", "tag:★"),
    ('collection:"spring 26"', 'collection:lookbook collection:"spring 26"', "-collection:lookbook",
     "collection:none"),
    ("is:favourite", "-is:favourite", "is:stacked", "-is:stacked", "is:favourite is:stacked"),
    ("has:note", "-has:note"),
    ("date:2026-10", "date:2026-05..", "-date:2026-10", "date:2026-05..2026-08 -date:2026-06"),
    ("is:trashed",),
)  # fmt: skip


def combinations() -> list[str]:
    """Return single parts, all pairs of parts from different fields, and many larger ones."""
    rng = random.Random(7)
    some = ["", *itertools.chain(*PARTS)]
    for one, other in itertools.combinations(PARTS, 2):
        some += [f"{a} {b}" for a, b in itertools.product(one, other)]
    for _ in range(400):
        chosen = rng.sample(PARTS, rng.randint(3, 6))
        some.append(" ".join(rng.choice(part) for part in chosen))
    return some


def plan(studio: Studio, sql: str, values: list[object]) -> list[str]:
    return [row[3] for row in studio.database.rows(f"EXPLAIN QUERY PLAN {sql}", values)]


@pytest.mark.parametrize("row", [0, 10**9])
def test_no_combination_is_answered_by_a_scan_or_a_sort(
    filled: Filled, row: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, _ = filled
    monkeypatch.setattr(narrowing, "ROW_COST", row)
    shapes = set()
    for text in combinations():
        for oldest in (False, True):
            sql, values = finding.statement(
                studio.database, studio.user_id, parse(text), Bounds(), 100, oldest
            )
            if sql in shapes or not sql:
                continue
            shapes.add(sql)
            for line in plan(studio, sql, values):
                assert "TEMP B-TREE" not in line, (text, line, sql)
                assert not line.startswith("SCAN") or "VIRTUAL TABLE INDEX" in line, (text, line)
                assert "VIRTUAL TABLE INDEX 0:" not in line or "M" in line, (text, line)
    assert len(shapes) > 500


@pytest.mark.parametrize(("cost", "row"), [(0, 0), (30, 40), (10**9, 0), (10**9, 10**9)])
def test_every_combination_finds_exactly_what_fits(
    small: Filled, cost: int, row: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of the text index and the others leads, and whatever the hits are compared with."""
    studio, seen = small
    monkeypatch.setattr(finding, "PROBE_COST", cost)
    monkeypatch.setattr(narrowing, "ROW_COST", row)
    rng = random.Random(3)
    texts = combinations()
    newest = sorted(seen, reverse=True)
    for text in ["", *itertools.chain(*PARTS), *rng.sample(texts, 150)]:
        query = parse(text)
        found = finding.ids(studio.database, studio.user_id, query)
        assert list(found) == [one.id for one in newest if fits(one, query)], text
        other_way = finding.ids(studio.database, studio.user_id, query, oldest=True)
        assert list(other_way) == list(reversed(found)), text


@pytest.mark.parametrize("limit", [1, 7])
def test_a_page_compared_portion_by_portion_is_the_front_of_the_whole(
    small: Filled, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, _ = small
    database, user = studio.database, studio.user_id
    monkeypatch.setattr(narrowing, "ROW_COST", 10**9)
    monkeypatch.setattr(comparing, "PORTION", 1)
    monkeypatch.setattr(comparing, "GROWING", 2)
    monkeypatch.setattr(comparing, "MOST_PROBED", 0)
    asked: dict[str, list[object]] = {}
    walk = comparing.Compared.front

    def front(self: comparing.Compared, *where: Any) -> tuple[str, list[Any]]:
        for sql, values in (walk(self, *where), self.entries(*where[:2])):
            asked[sql] = values
        return walk(self, *where)

    monkeypatch.setattr(comparing.Compared, "front", front)
    words = ("linen", "wool", "bea", "linen -tee", "zzz")
    for word, (text, oldest) in itertools.product(
        words, itertools.product(["is:trashed", *PARTS[1], *PARTS[3], *PARTS[7][:2]], (False, True))
    ):
        query = parse(f"{word} {text}")
        whole = finding.ids(database, user, query, oldest=oldest)
        page = finding.ids(database, user, query, limit=limit, oldest=oldest)
        assert page == whole[:limit], (word, text, oldest)
    assert len(asked) > 10, "hardly anything was compared"
    for sql, values in asked.items():
        assert complaints(database, sql, values) == [], sql


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_a_page_of_few_that_fit_is_asked_for_one_by_one(
    small: Filled, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, _ = small
    database, user = studio.database, studio.user_id
    monkeypatch.setattr(narrowing, "ROW_COST", 10**9)
    monkeypatch.setattr(comparing, "PROBE", 0)
    monkeypatch.setattr(finding, "FEW", 5)
    probed: list[object] = []
    genuine = comparing._probed

    def noted(*asked: Any) -> Any:
        found = genuine(*asked)
        probed.extend([] if found is None else [found])
        return found

    monkeypatch.setattr(comparing, "_probed", noted)
    for word, (text, oldest) in itertools.product(
        ("linen", "wool", "linen -tee"),
        itertools.product([*PARTS[1], *PARTS[3], *PARTS[7][:2]], (False, True)),
    ):
        query = parse(f"{word} {text}")
        whole = finding.ids(database, user, query, oldest=oldest)
        page = finding.ids(database, user, query, limit=limit, oldest=oldest)
        assert page == whole[:limit], (word, text, oldest)
    assert len(probed) > 10


def test_entries_that_are_more_than_was_guessed_are_not_asked_for_one_by_one(
    small: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, _ = small
    database, user = studio.database, studio.user_id
    monkeypatch.setattr(narrowing, "ROW_COST", 10**9)
    monkeypatch.setattr(finding, "FEW", 5)
    wanted = list(finding.ids(database, user, parse("linen is:favourite")))
    assert len(wanted) > 20
    for most, hits in ((10, 0), (700, 10**6)):
        monkeypatch.setattr(comparing, "MOST_PROBED", most)
        monkeypatch.setattr(comparing, "PROBE", hits)
        page = finding.ids(database, user, parse("linen is:favourite"), limit=20)
        assert list(page) == wanted[:20]


@pytest.mark.parametrize(
    "text", ["", "linen", "rating:>=3 style:vintage", "tag:summer", "is:trashed"]
)
def test_pages_join_to_the_whole_list(filled: Filled, text: str) -> None:
    studio, _ = filled
    query = parse(text)
    whole = list(finding.ids(studio.database, studio.user_id, query))[:700]
    pages: list[int] = []
    bounds = Bounds()
    while len(pages) < len(whole):
        page = finding.ids(studio.database, studio.user_id, query, bounds, 100)
        pages += page
        bounds = Bounds(high=page[-1])
    assert pages[:700] == whole


def test_estimates_are_never_too_low_and_exact_where_they_say_so(filled: Filled) -> None:
    studio, _ = filled
    exact = 0
    for text in ["", *itertools.chain(*PARTS), "date:2026-10..2026-09", "linen rating:5"]:
        number, sure = finding.estimate(studio.database, studio.user_id, parse(text))
        actual = len(finding.ids(studio.database, studio.user_id, parse(text)))
        assert number >= actual, text
        assert not sure or number == actual, text
        exact += sure
    assert exact > 12


def test_many_values_of_one_field_do_not_make_too_long_a_statement(filled: Filled) -> None:
    studio, seen = filled
    text = " ".join(f"style:none{n}" for n in range(20)) + " style:vintage provider:local"
    found = finding.ids(studio.database, studio.user_id, parse(text))
    assert len(found) == sum(fits(one, parse("style:vintage provider:local")) for one in seen)
    few = " ".join(f"style:none{n}" for n in range(9)) + " style:vintage provider:local provider:x"
    assert finding.ids(studio.database, studio.user_id, parse(few)) == found


def test_the_kept_counts_of_facets_are_the_counts(filled: Filled) -> None:
    studio, seen = filled
    assert facets.faulty(studio.database) == []
    kept = {
        one.value: one.number for one in facets.values_of(studio.database, studio.user_id, "style")
    }
    assert kept == {
        style: sum(one.style == style and not one.trashed for one in seen)
        for style in ("vintage", "fashion", "minimalist")
    }


def test_what_fits_among_some_is_what_the_list_has_of_them(small: Filled) -> None:
    studio, seen = small
    rng = random.Random(11)
    texts = ["", *itertools.chain(*PARTS), *rng.sample(combinations(), 120)]
    for text in texts:
        query = parse(text)
        among = rng.sample([one.id for one in seen], 40)
        wanted = {one.id for one in seen if one.id in among and fits(one, query)}
        assert services.fitting(studio, query, among) == wanted, text
    middle = sorted(one.id for one in seen)[len(seen) // 2]
    bounds = Bounds(0, middle)
    everything = [one.id for one in seen]
    assert services.fitting(studio, parse("is:trashed"), everything, bounds) == {
        one.id for one in seen if one.trashed and one.id < middle
    }
    assert services.fitting(studio, parse(""), everything, Bounds(5, 5)) == set()


def test_the_mark_changes_with_every_kept_count(studio: Studio) -> None:
    seen = fill(studio, 40)
    live = next(one for one in seen if not one.trashed)
    before = library.mark(studio)
    assert library.mark(studio) == before
    bulk.tag(studio, bulk.Selection(ids=[live.id]), "brand new")
    assert library.mark(studio) != before
