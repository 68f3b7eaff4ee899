"""The gallery shows everything of one product, under a chip that lets go of it again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.services import library, synthetic
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from tests.factories import open_test_studio
from tests.ui.gallery.seeing import Quiet, empty_title
from tests.ui.neighbour import neighbour_of

LINKED = (
    "SELECT l.file_id, r.file_id FROM generation_files l JOIN generation_files r"
    " USING (generation_id) JOIN files f ON f.id = r.file_id"
    " WHERE l.role = 'product' AND l.position = 0 AND r.role = 'result'"
    " AND f.trashed_at IS NULL AND f.user_id = ? ORDER BY r.file_id DESC"
)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 60 generations, written before the panes' questions are listened to."""
    root = tmp_path_factory.mktemp("drawn")
    made = open_test_studio(root)
    synthetic.fill(made, 60, seed=3)
    close_studio(made)
    return root


@pytest.fixture
def studio(drawn: Path, tmp_path: Path) -> Iterator[Studio]:
    shutil.copytree(drawn, tmp_path, dirs_exist_ok=True)
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


@pytest.fixture
def made(pane: GalleryPane, quiet: Quiet, studio: Studio) -> dict[int, list[int]]:
    """Products with what was made from them, newest first."""
    quiet()
    found: dict[int, list[int]] = {}
    for product, result in studio.database.rows(LINKED, (studio.user_id,)):
        found.setdefault(product, []).append(result)
    return found


def select(pane: GalleryPane, file_id: int) -> None:
    place = pane.grid.contents.index_of(file_id)
    assert place is not None
    pane.grid.select(Ranges([(place, place + 1)]))


def test_all_of_a_product_is_shown_from_its_photo_and_from_any_picture_of_it(
    pane: GalleryPane, made: dict[int, list[int]], quiet: Quiet, studio: Studio, qtbot: QtBot
) -> None:
    every = list(pane.grid.contents.ids)
    product = max(made, key=lambda one: len(made[one]))
    select(pane, product)
    pane.grid.setFocus()
    qtbot.keyClick(pane.grid, Qt.Key.Key_M)
    quiet()
    shown = list(pane.grid.contents.ids)
    assert set(made[product]) <= set(shown) < set(every)
    assert shown == sorted(shown, reverse=True)
    chip = pane.browser.filters.product
    assert chip.isVisible()
    assert library.picture(studio, product).filename in chip.accessibleName()
    chip.click()
    quiet()
    assert list(pane.grid.contents.ids) == every
    assert chip.isHidden()
    select(pane, made[product][0])
    pane.deeds.same.trigger()
    quiet()
    assert list(pane.grid.contents.ids) == shown


def test_the_other_chips_narrow_it_and_what_goes_leaves_it(
    pane: GalleryPane, made: dict[int, list[int]], quiet: Quiet, studio: Studio
) -> None:
    product = max(made, key=lambda one: len(made[one]))
    pane.show_product(product, "tee.jpg")
    quiet()
    shown = list(pane.grid.contents.ids)
    library.trash(studio, [shown[0]])
    quiet()
    assert list(pane.grid.contents.ids) == shown[1:]
    library.mark_favourite(studio, shown[1:], False)
    pane.browser.filters.favourites.click()
    quiet()
    assert not len(pane.grid.contents)
    assert empty_title(pane) == "No picture matches"
    pane.browser.filters.clear()
    quiet()
    assert pane.browser.filters.product.isHidden()
    assert len(pane.grid.contents) > len(shown)


@pytest.mark.parametrize("order", ["newest", "rating"])
def test_what_a_second_process_does_is_touched_into_a_products_list(
    pane: GalleryPane, made: dict[int, list[int]], quiet: Quiet, studio: Studio, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch, order: str,
) -> None:  # fmt: skip
    product, results = max(made.items(), key=lambda item: len(item[1]))
    others = next(some for one, some in made.items() if not set(some) & set(results))
    pane.browser.filters.order.pick(order)
    pane.show_product(product, "tee.jpg")
    quiet()
    qtbot.waitUntil(lambda: pane.listing.complete)
    quiet()
    held = pane.grid.contents
    before = list(held.ids)
    assert set(results) <= set(before)
    assert not set(before) & set(others)
    monkeypatch.setattr(pane.listing, "reload", lambda: pytest.fail("read again"))
    with neighbour_of(studio.workspace.root) as ask:
        ask(f"trash {before[1]}")
        qtbot.waitUntil(lambda: list(held.ids) == [before[0], *before[2:]], timeout=10_000)
        ask(f"rate {others[0]} 5")
        ask(f"restore {before[1]}")
        qtbot.waitUntil(lambda: list(held.ids) == before, timeout=10_000)
