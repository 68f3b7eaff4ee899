"""Look-alikes lie on stacks that open and close in the grid, and are found for one picture."""

import threading
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import library, similar
from stylestudio_desktop.services.similar import Lookalikes
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from stylestudio_desktop.ui.window import MainWindow
from tests.ui.gallery.seeing import Quiet, toasts
from tests.ui.neighbour import neighbour_of

KEYS = Qt.Key


@pytest.fixture
def twins(filled: GalleryPane, photos: list[Path], quiet: Quiet, studio: Studio) -> list[int]:
    """Three look-alikes of the first photo's, newest first, the photo itself last."""
    first = photos[0]
    copies = []
    for number, side in enumerate((290, 280)):
        path = first.with_name(f"twin {number}.jpg")
        with Image.open(first) as image:
            image.resize((side, side * image.height // image.width)).save(path, quality=82)
        copies.append(path)
    library.import_files(studio, copies, Category.PRODUCT)
    Lookalikes(studio).study(threading.Event())
    quiet()
    ids = list(filled.grid.contents.ids)
    assert len(ids) == 11
    return [*ids[:2], ids[-1]]


def shown(pane: GalleryPane) -> list[int]:
    return list(pane.grid.contents.ids)


def badge(pane: GalleryPane, row_id: int) -> str:
    card = pane.grid.cards.get(row_id)
    assert card is not None
    return card.badge


def test_stacks_collapse_open_and_close(
    filled: GalleryPane, twins: list[int], quiet: Quiet, studio: Studio, qtbot: QtBot
) -> None:
    every = shown(filled)
    firsts = [one for one in every if similar.stack_of(studio, one)[0] == one]
    assert not set(twins[1:]) & set(firsts)
    filled.browser.filters.stacks.click()
    quiet()
    assert shown(filled) == firsts
    assert badge(filled, twins[0]) == "3 alike"
    filled.grid.setFocus()
    filled.grid.select(Ranges([(0, 1)]))
    qtbot.keyClick(filled.grid, KEYS.Key_S)
    quiet()
    assert set(shown(filled)) == {*firsts, *twins}
    assert filled.grid.selected_ids() == twins[:1]
    qtbot.keyClick(filled.grid, KEYS.Key_S)
    quiet()
    assert shown(filled) == firsts
    assert filled.memory()["filters"]["stacks"]
    filled.browser.filters.stacks.click()
    quiet()
    assert shown(filled) == every
    assert badge(filled, twins[0]) == ""
    assert not filled.deeds.stack.isVisible()


def test_the_next_of_a_stack_takes_the_place_of_one_that_goes(
    filled: GalleryPane, twins: list[int], quiet: Quiet
) -> None:
    filled.browser.filters.stacks.click()
    quiet()
    filled.grid.select(Ranges([(0, 1)]))
    filled.doing.trash()
    quiet()
    assert shown(filled)[0] == twins[1]
    assert badge(filled, twins[1]) == "2 alike"
    filled.doing.undo()
    quiet()
    assert shown(filled)[0] == twins[0]


def test_a_picture_is_taken_off_its_stack_and_laid_back(
    filled: GalleryPane, twins: list[int], quiet: Quiet, studio: Studio, qtbot: QtBot
) -> None:
    assert not filled.deeds.unstack.isVisible()
    filled.browser.filters.stacks.click()
    quiet()
    filled.grid.select(Ranges([(0, 1)]))
    filled.grid.setFocus()
    qtbot.keyClick(filled.grid, KEYS.Key_S, Qt.KeyboardModifier.ShiftModifier)
    quiet()
    assert shown(filled)[:2] == twins[:2]
    assert badge(filled, twins[0]) == ""
    assert badge(filled, twins[1]) == "2 alike"
    assert similar.stack_of(studio, twins[0]) == [twins[0]]
    filled.doing.undo()
    quiet()
    assert badge(filled, twins[0]) == "3 alike"
    assert twins[1] not in shown(filled)


def test_look_alikes_are_found_and_left_again(
    filled: GalleryPane, twins: list[int], quiet: Quiet, studio: Studio, qtbot: QtBot
) -> None:
    every = shown(filled)
    filled.show_pictures([twins[2]])
    qtbot.keyClick(filled.viewer, KEYS.Key_A)
    quiet()
    assert not filled.viewing()
    found = shown(filled)
    assert found[0] == twins[2]
    assert set(found[1:3]) == set(twins[:2])
    assert "shirt 0" in filled.browser.filters.alike.accessibleName()
    library.trash(studio, [twins[0]])
    quiet()
    assert twins[0] not in shown(filled)
    filled.browser.filters.alike.click()
    quiet()
    assert shown(filled) == [one for one in every if one != twins[0]]
    assert filled.browser.filters.alike.isHidden()


def test_look_alikes_that_were_trashed_come_back_to_their_places(
    filled: GalleryPane, twins: list[int], quiet: Quiet
) -> None:
    filled.show_alike(twins[0], "shirt 0")
    quiet()
    before = shown(filled)
    assert len(before) > 2
    for some in (before[1:2], before[2:]):
        filled.acting.trash(some)
    quiet()
    assert shown(filled) == before[:1]
    for _ in range(2):
        filled.acting.undo()
    quiet()
    assert shown(filled) == before


def test_a_picture_that_can_not_be_read_is_a_sentence(
    filled: GalleryPane, quiet: Quiet, studio: Studio, window: MainWindow
) -> None:
    with studio.database.write():
        studio.database.run("UPDATE files SET perceptual_hash = NULL")
    every = shown(filled)
    row = library.picture(studio, every[0])
    studio.thumbnails.drop(row.storage_id)
    studio.files.remove(row.storage_id)
    filled.grid.select(Ranges([(0, 1)]))
    filled.deeds.similar.trigger()
    quiet()
    assert any("can't be read" in text for text in toasts(window))
    assert shown(filled) == every
    assert filled.browser.filters.alike.isHidden()


@pytest.mark.parametrize("order", ["newest", "oldest", "rating"])
def test_another_comes_first_when_the_first_of_a_stack_leaves(
    filled: GalleryPane, twins: list[int], quiet: Quiet, studio: Studio, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch, order: str,
) -> None:  # fmt: skip
    filled.browser.filters.order.pick(order)
    filled.browser.filters.stacks.click()
    quiet()
    qtbot.waitUntil(lambda: filled.listing.complete)
    quiet()
    monkeypatch.setattr(filled.listing, "reload", lambda: pytest.fail("read again"))
    before = shown(filled)
    others = [one for one in before if one not in twins]
    ranked = sorted(twins, reverse=order != "oldest")
    assert [one for one in before if one in twins] == ranked[:1]

    def put(first: int) -> list[int]:
        if order == "rating":
            rated = library.picture(studio, first).rating
            return [first, *others] if rated else sorted([first, *others], reverse=True)
        return sorted([first, *others], reverse=order != "oldest")

    with neighbour_of(studio.workspace.root) as ask:
        ask(f"trash {ranked[0]}")
        qtbot.waitUntil(lambda: shown(filled) == put(ranked[1]), timeout=10_000)
        ask(f"rate {ranked[2]} 4")
        if order == "rating":
            qtbot.waitUntil(lambda: shown(filled) == [ranked[2], *others], timeout=10_000)
        ask(f"restore {ranked[0]}")
        wanted = ranked[2] if order == "rating" else ranked[0]
        qtbot.waitUntil(lambda: shown(filled) == put(wanted), timeout=10_000)
        qtbot.waitUntil(lambda: badge(filled, wanted) == "3 alike", timeout=10_000)
    filled.acting.trash([wanted])
    left = [one for one in ranked if one != wanted]
    qtbot.waitUntil(lambda: shown(filled) == put(left[0]), timeout=10_000)
    assert filled.listing._sure.isActive(), "it is read once more behind, when all is quiet"
