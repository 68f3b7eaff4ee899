"""Everything made from one product is found, in any order, narrowed as any list, by an index."""

import pytest

from stylestudio_desktop.domain.finding import parse
from stylestudio_desktop.services import bulk, finding, library, synthetic
from stylestudio_desktop.services.bulk import Selection
from stylestudio_desktop.services.finding import Order
from stylestudio_desktop.services.studio import Studio
from tests.overhearing import complaints, overhear

EVERYTHING = parse("")
USED = (
    "SELECT file_id FROM generation_files JOIN files ON files.id = file_id"
    " WHERE role = ? AND user_id = ? GROUP BY file_id"
    " ORDER BY count(*) DESC LIMIT 3"
)
RESULTS = (
    "SELECT file_id FROM generation_files WHERE role = 'result' AND generation_id IN"
    " (SELECT generation_id FROM generation_files WHERE file_id = ? AND role <> 'result')"
)


@pytest.fixture
def products(studio: Studio) -> list[int]:
    """The product photos that most pictures were made from, of a library of 400 generations."""
    synthetic.fill(studio, 400, seed=5)
    return [row[0] for row in studio.database.rows(USED, ("product", studio.user_id))]


def expected(studio: Studio, file_id: int) -> list[int]:
    return sorted({row[0] for row in studio.database.rows(RESULTS, (file_id,))}, reverse=True)


def test_all_that_was_made_from_a_photo_is_found_in_every_order(
    studio: Studio, products: list[int]
) -> None:
    people = [row[0] for row in studio.database.rows(USED, ("model", studio.user_id))]
    assert products
    for photo in (*products, *people):
        known = expected(studio, photo)
        live = [one for one in known if library.picture(studio, one).trashed_at is None]
        assert list(finding.listed(studio, EVERYTHING, made_from=photo).ids) == live
        oldest = finding.listed(studio, EVERYTHING, order=Order.OLDEST, made_from=photo).ids
        assert list(oldest) == live[::-1]
        rated = sorted(live, key=lambda one: (-library.picture(studio, one).rating, -one))
        assert (
            list(finding.listed(studio, EVERYTHING, order=Order.RATING, made_from=photo).ids)
            == rated
        )
    assert not finding.listed(studio, EVERYTHING, made_from=1).ids


def test_the_list_is_narrowed_as_any_other(studio: Studio, products: list[int]) -> None:
    every = finding.listed(studio, EVERYTHING, made_from=products[0]).ids
    bulk.favourite(studio, Selection(ids=every[:2]), True)
    library.trash(studio, [every[2]])
    marked = [one for one in every if library.picture(studio, one).favourite]
    assert list(finding.listed(studio, parse("is:favourite"), made_from=products[0]).ids) == marked
    assert every[2] not in finding.listed(studio, EVERYTHING, made_from=products[0]).ids
    assert every[2] in finding.listed(studio, parse("is:trashed"), made_from=products[0]).ids


def test_a_picture_tells_its_product_and_a_photo_is_its_own(
    studio: Studio, products: list[int]
) -> None:
    photo = library.picture(studio, products[0])
    assert finding.product_of(studio, photo.id) == (photo.id, photo.filename)
    made = finding.listed(studio, EVERYTHING, made_from=photo.id).ids
    first = [finding.product_of(studio, one) for one in made]
    assert (photo.id, photo.filename) in first
    assert finding.product_of(studio, 1) is None


def test_nothing_is_scanned_or_sorted_for_it(
    studio: Studio, products: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, tuple[object, ...]] = {}
    overhear(monkeypatch, lambda _db, sql, values: asked.setdefault(sql, tuple(values)))
    made = finding.listed(
        studio, parse("style:vintage"), made_from=products[0], order=Order.RATING
    ).ids
    finding.product_of(studio, made[0] if made else products[0])
    assert len(asked) > 2
    wrong = {
        sql: found
        for sql, values in dict(asked).items()
        if (found := complaints(studio.database, sql, values))
    }
    assert not wrong
