"""Names are kept once each, whatever their spelling, and lists come in order with kept counts."""

from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.finding import parse
from stylestudio_desktop.domain.ids import id_at
from stylestudio_desktop.services import bulk, finding, organising
from stylestudio_desktop.services.bulk import Selection
from stylestudio_desktop.services.finding import Order
from stylestudio_desktop.services.studio import Studio
from tests.factories import import_photo
from tests.finding.library import Seen, fill

Filled = tuple[Studio, list[Seen]]


def test_a_tag_is_the_same_in_any_spelling(studio: Studio, tmp_path: Path) -> None:
    one = import_photo(studio, tmp_path)
    first = organising.tag_called(studio, "  Été  chaud ")
    assert organising.tag_called(studio, "ETE CHAUD") == first
    other = organising.tag_called(studio, "wool")
    bulk.tag(studio, Selection(ids=[one]), "WOOL")
    assert [(tag.name, tag.number) for tag in organising.list_tags(studio)] == [
        ("wool", 1),
        ("Été chaud", 0),
    ]
    with pytest.raises(BadInput, match="already"):
        organising.rename_tag(studio, other, "été CHAUD")
    organising.rename_tag(studio, other, "Wool")
    assert [tag.name for tag in organising.tags_of(studio, one)] == ["Wool"]
    organising.delete_tag(studio, other)
    assert organising.tags_of(studio, one) == []
    for act in (organising.delete_tag, lambda s, i: organising.rename_tag(s, i, "x")):
        with pytest.raises(NotFound):
            act(studio, other)


@pytest.mark.parametrize("name", ["", "  \t", "x" * 81, 'a "b"', "a\x00b", "\u200b"])
def test_names_that_can_not_be_typed_are_refused(studio: Studio, name: str) -> None:
    with pytest.raises(BadInput):
        organising.new_collection(studio, name)


def test_collections_keep_pictures_in_their_own_order(studio: Studio, tmp_path: Path) -> None:
    ids = [import_photo(studio, tmp_path, colour) for colour in ("red", "blue", "green")]
    spring = organising.new_collection(studio, "Spring 26", "for the shop")
    look = organising.new_collection(studio, "Lookbook")
    bulk.collect(studio, Selection(ids=ids[:2]), spring.id)
    bulk.collect(studio, Selection(ids=ids), spring.id)
    assert list(organising.collected(studio, spring.id)) == ids
    organising.arrange(studio, spring.id, [ids[2], ids[0], ids[1]])
    assert list(organising.collected(studio, spring.id)) == [ids[2], ids[0], ids[1]]
    bulk.trash(studio, Selection(ids=[ids[0]]))
    assert list(organising.collected(studio, spring.id)) == [ids[2], ids[1]]
    organising.order_collections(studio, [look.id, spring.id])
    organising.change_collection(studio, spring.id, "spring 26", "again")
    shown = [(c.name, c.description, c.number) for c in organising.list_collections(studio)]
    assert shown == [("Lookbook", "", 0), ("spring 26", "again", 2)]
    with pytest.raises(BadInput, match="already"):
        organising.new_collection(studio, "LOOKBOOK")
    with pytest.raises(BadInput, match="already"):
        organising.change_collection(studio, spring.id, "lookbook", "")
    with pytest.raises(BadInput, match="at most"):
        organising.new_collection(studio, "x", "y" * 2001)
    organising.delete_collection(studio, look.id)
    for act in (
        lambda: organising.delete_collection(studio, look.id),
        lambda: organising.change_collection(studio, look.id, "x", ""),
        lambda: organising.arrange(studio, look.id, []),
    ):
        with pytest.raises(NotFound):
            act()


def test_searches_are_kept_as_they_read_back(studio: Studio) -> None:
    organising.keep_search(studio, "Best", "  linen   rating:>=4 ")
    organising.keep_search(studio, "Mine", "is:favourite")
    organising.keep_search(studio, "BEST", "rating:5")
    kept = [(one.name, one.query) for one in organising.list_searches(studio)]
    assert kept == [("Mine", "is:favourite"), ("BEST", "rating:5")]
    with pytest.raises(BadInput, match="nothing to keep"):
        organising.keep_search(studio, "x", " -- ")
    for one in organising.list_searches(studio):
        organising.forget_search(studio, one.id)
    with pytest.raises(NotFound):
        organising.forget_search(studio, 5)
    assert organising.list_searches(studio) == []


def test_chips_and_typed_text_join(small: Filled) -> None:
    _, seen = small
    middle = sorted(one.id for one in seen)[700]
    wanted = FileFilter("product_image", True, False, "linen", middle >> 21, None)
    query, bounds = finding.query_of(wanted)
    assert query == parse("linen category:product is:favourite")
    assert bounds == (id_at(middle >> 21), (1 << 63) - 1)
    query, bounds = finding.query_of(FileFilter(trashed=True, until=1), "wool")
    assert query == parse("wool is:trashed")
    assert bounds == (0, id_at(1))


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("text", ["", "linen", "rating:>=2", "tag:summer -rating:3"])
def test_pages_of_every_order_join(small: Filled, order: Order, text: str) -> None:
    studio, _ = small
    query = parse(text)
    whole = list(finding.ids(studio, query, order=order))
    assert list(finding.ids(studio, query, order=order, limit=7)) == whole[:7]
    pages, after = [], None
    while True:
        page = finding.listing(studio, query, after, 90, order=order)
        pages += page.items
        after = page.next
        if after is None:
            break
    assert [row.id for row in pages] == whole
    keys = {
        Order.NEWEST: lambda row: -row.id,
        Order.OLDEST: lambda row: row.id,
        Order.RATING: lambda row: (-row.rating, -row.id),
    }
    assert pages == sorted(pages, key=keys[order])


def test_bad_cursors_are_refused(small: Filled) -> None:
    studio, _ = small
    for after, order in [
        ("x", Order.NEWEST), ("5.5", Order.NEWEST), ("", Order.OLDEST), ("9.5", Order.RATING),
        ("5", Order.RATING), ("5." + "9" * 40, Order.RATING), ("٣", Order.NEWEST),
    ]:  # fmt: skip
        with pytest.raises(BadInput):
            finding.listing(studio, parse(""), after, order=order)


def test_facets_and_suggestions_come_from_the_library(small: Filled) -> None:
    studio, seen = small
    found = finding.facet_counts(studio)
    live = [one for one in seen if not one.trashed]
    assert {one.value: one.number for one in found["rating"]} == {
        str(rating): sum(one.rating == rating for one in live) for rating in range(6)
    }
    assert {one.value: one.number for one in found["tag"]} == {
        "summer": sum("summer" in one.tags for one in live),
        "Winter sale": sum("Winter sale" in one.tags for one in live),
        "★": sum("★" in one.tags for one in live),
        "rare": 0,
    }
    assert found["favourite"][0].number == sum(one.favourite for one in live)
    assert finding.suggestions(studio, "tag:w") == ['tag:"Winter sale"']
    assert set(finding.suggestions(studio, "style:")) == {
        "style:vintage", "style:fashion", "style:minimalist",
    }  # fmt: skip
    assert finding.estimate(studio, parse("")) == (len(live), True)
    assert finding.first_day(studio, parse("")) == min(one.id for one in live) >> 21
    assert finding.first_day(studio, parse("tag:nowhere")) is None


def test_how_many_of_some_pictures_are_under_each_name(studio: Studio) -> None:
    seen = fill(studio, 30)
    ids = [one.id for one in seen]
    bulk.tag(studio, bulk.Selection(ids=ids[:3]), "brand new")
    shelf = organising.new_collection(studio, "Shelf")
    bulk.collect(studio, bulk.Selection(ids=ids[2:7]), shelf.id)
    bulk.note(studio, bulk.Selection(ids=ids[:1]), "look again")
    made = organising.tag_called(studio, "brand new")
    assert organising.tags_on(studio, ids[:2])[made] == 2
    assert organising.tags_on(studio, ids[5:]).get(made, 0) == 0
    assert organising.collections_on(studio, ids)[shelf.id] == 5
    assert organising.note_of(studio, ids[0]) == "look again"
    bulk.note(studio, bulk.Selection(ids=ids[:1]), "")
    assert organising.note_of(studio, ids[0]) == ""
