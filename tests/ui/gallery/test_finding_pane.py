"""The gallery finds by what is typed and ticked, keeps searches, and its list stays true."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from stylestudio_desktop.services import bulk, library, organising
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery.facet_panel import FacetPanel
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.window import MainWindow
from tests.ui.gallery.seeing import Quiet, empty_title

KEYS = Qt.Key


def type_in(window: MainWindow, text: str) -> None:
    window.top_bar.search.setText(text)
    window.top_bar.search.returnPressed.emit()


def shown(pane: GalleryPane) -> list[int]:
    return list(pane.grid.contents.ids)


@pytest.fixture
def ordered(filled: GalleryPane, quiet: Quiet, studio: Studio) -> GalleryPane:
    """Nine photos: three tagged, four collected, ratings 0 to 5 among them."""
    ids = shown(filled)
    bulk.tag(studio, bulk.Selection(ids=ids[:3]), "Spring sale")
    shelf = organising.new_collection(studio, "Lookbook")
    bulk.collect(studio, bulk.Selection(ids=ids[2:6]), shelf.id)
    for stars in range(6):
        library.rate(studio, [ids[stars]], stars)
    quiet()
    return filled


def panel_of(pane: GalleryPane) -> FacetPanel:
    found = pane.browser.findChild(FacetPanel)
    assert isinstance(found, FacetPanel)
    return found


def tick(panel: FacetPanel, section: str, begins: str, qtbot: QtBot) -> None:
    box = next(
        one
        for one in panel.sections[section].findChildren(QCheckBox)
        if one.accessibleName().startswith(begins)
    )
    box.click()


@pytest.fixture
def panel(ordered: GalleryPane, quiet: Quiet) -> FacetPanel:
    ordered.browser.filters.more.click()
    quiet()
    return panel_of(ordered)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("rating:>=4", [4, 5]),
        ('tag:"spring sale" -rating:0', [1, 2]),
        ("collection:lookbook tag:spring", []),
        ('collection:lookbook "shirt 4"', [4]),
        ("category:model", []),
    ],
)
def test_the_field_understands_fields(
    ordered: GalleryPane,
    quiet: Quiet,
    window: MainWindow,
    text: str,
    places: list[int],
) -> None:
    ids = shown(ordered)
    type_in(window, text)
    quiet()
    assert shown(ordered) == [ids[place] for place in places]


def test_ticks_and_words_are_one_search(
    ordered: GalleryPane,
    panel: FacetPanel,
    quiet: Quiet,
    window: MainWindow,
    qtbot: QtBot,
) -> None:
    ids = shown(ordered)
    tick(panel, "tag", "Spring sale, 3", qtbot)
    quiet()
    assert window.top_bar.search.text() == 'tag:"Spring sale"'
    assert shown(ordered) == ids[:3]
    tick(panel, "rating", "★★ or better, 4", qtbot)
    quiet()
    assert shown(ordered) == ids[2:3]
    tick(panel, "rating", "Not rated", qtbot)
    quiet()
    assert window.top_bar.search.text() == 'tag:"Spring sale" rating:0'
    assert shown(ordered) == ids[:1]
    type_in(window, "shirt collection:LOOKBOOK")
    quiet()
    boxes = {b.accessibleName(): b.isChecked() for b in panel.findChildren(QCheckBox)}
    assert boxes["Lookbook, 4"]
    assert not boxes["Spring sale, 3"]
    tick(panel, "collection", "Lookbook", qtbot)
    quiet()
    assert window.top_bar.search.text() == "shirt"


def test_counts_follow_what_is_done(
    ordered: GalleryPane,
    panel: FacetPanel,
    qtbot: QtBot,
    studio: Studio,
) -> None:
    bulk.tag(studio, bulk.Selection(ids=shown(ordered)), "autumn")

    def there() -> bool:
        names = [b.accessibleName() for b in panel.sections["tag"].findChildren(QCheckBox)]
        return "autumn, 9" in names

    qtbot.waitUntil(there, timeout=5000)


def test_searches_are_kept_shown_and_forgotten(
    ordered: GalleryPane,
    panel: FacetPanel,
    quiet: Quiet,
    window: MainWindow,
    studio: Studio,
) -> None:
    ids = shown(ordered)
    assert not panel.keep.isEnabled()
    type_in(window, "rating:5")
    ordered.browser.filters.category.pick("product_image")
    quiet()
    panel.name.setText("The best")
    panel.keep.click()
    quiet()
    assert [(one.name, one.query) for one in organising.list_searches(studio)] == [
        ("The best", "rating:5 category:product")
    ]
    ordered.browser.filters.clear()
    quiet()
    assert (shown(ordered), window.top_bar.search.text()) == (ids, "")
    kept = next(b for b in panel.findChildren(QPushButton) if b.text() == "The best")
    kept.click()
    quiet()
    assert shown(ordered) == [ids[5]]
    assert "rating:5" in window.top_bar.search.text()
    panel.forgotten.emit(organising.list_searches(studio)[0].id)
    quiet()
    assert not organising.list_searches(studio)


def test_showing_everything_empties_the_field(
    ordered: GalleryPane,
    quiet: Quiet,
    window: MainWindow,
) -> None:
    type_in(window, "tag:nowhere")
    quiet()
    assert empty_title(ordered) == "No picture matches"
    ordered.browser.filters.clear()
    quiet()
    assert window.top_bar.search.text() == ""
    assert len(shown(ordered)) == 9


def test_other_orders(ordered: GalleryPane, quiet: Quiet, studio: Studio) -> None:
    ids = shown(ordered)
    ordered.browser.filters.order.pick("oldest")
    quiet()
    assert shown(ordered) == ids[::-1]
    assert not ordered.grid.contents.dated
    ordered.browser.filters.order.pick("rating")
    quiet()
    assert shown(ordered)[:5] == [ids[n] for n in (5, 4, 3, 2, 1)]
    library.rate(studio, [ids[8]], 5)
    quiet()
    assert shown(ordered)[:2] == [ids[5], ids[8]]


def test_what_no_longer_fits_leaves_the_list_and_comes_back(
    ordered: GalleryPane,
    quiet: Quiet,
    window: MainWindow,
    studio: Studio,
) -> None:
    ids = shown(ordered)
    type_in(window, "rating:>=4 tag:sale")
    quiet()
    assert shown(ordered) == []
    type_in(window, "rating:>=4 shirt")
    quiet()
    library.rate(studio, [ids[4]], 1)
    quiet()
    assert shown(ordered) == [ids[5]]
    library.rate(studio, [ids[0]], 4)
    quiet()
    assert shown(ordered) == [ids[0], ids[5]]


def test_typing_is_completed(
    ordered: GalleryPane,
    quiet: Quiet,
    window: MainWindow,
    qtbot: QtBot,
) -> None:
    field = window.top_bar.search
    field.setFocus()
    QApplication.processEvents()
    QTest.keyClicks(field, "linen ta")
    qtbot.waitUntil(lambda: ordered.suggesting.offered() == ["linen tag:"], timeout=5000)
    QTest.keyClicks(field, "g:sp")
    wanted = ['linen tag:"Spring sale"']
    qtbot.waitUntil(lambda: ordered.suggesting.offered() == wanted, timeout=5000)
    popup = ordered.suggesting._completer.popup()  # type: ignore[union-attr]
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert field.text() == wanted[0]
    qtbot.waitUntil(lambda: ordered.browser.filters.value().search == wanted[0], timeout=5000)
    quiet()
    assert shown(ordered) == []


def test_order_is_remembered(filled: GalleryPane) -> None:
    filled.browser.filters.order.set_value("rating")
    memory = filled.memory()
    filled.browser.filters.recall({})
    assert filled.browser.filters.order.value() == "newest"
    filled.recall(memory)
    assert filled.browser.filters.asked().order == "rating"


@pytest.mark.parametrize("key", [KEYS.Key_Down, KEYS.Key_Escape])
def test_from_the_field_a_key_leads_to_what_was_found(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot, window: MainWindow, key: Qt.Key
) -> None:
    field = window.top_bar.search
    field.setFocus()
    qtbot.keyClicks(field, "7")
    if key == KEYS.Key_Escape:
        qtbot.keyClick(field, key)
        assert field.text() == ""
        assert field.hasFocus()
    qtbot.keyClick(field, key)
    assert filled.grid.hasFocus()
    quiet()
    assert len(filled.grid.contents) == (1 if key == KEYS.Key_Down else 9)
    qtbot.keyClick(filled.grid, KEYS.Key_Right)
    assert len(filled.grid.selected_ids()) == 1


def test_typing_in_the_grid_begins_a_search(
    filled: GalleryPane, quiet: Quiet, qtbot: QtBot, window: MainWindow
) -> None:
    quiet()
    filled.grid.setFocus()
    for sign in "Shirt":
        qtbot.keyClicks(QApplication.focusWidget(), sign)
    qtbot.keyClicks(QApplication.focusWidget(), " 7")
    assert window.top_bar.search.text() == "Shirt 7"
    qtbot.keyClick(window.top_bar.search, KEYS.Key_Return)
    quiet()
    assert len(filled.grid.contents) == 1
    filled.grid.setFocus()
    filled.grid.select_all()
    qtbot.keyClicks(filled.grid, "5")
    quiet()
    assert window.top_bar.search.text() == "Shirt 7", "a key with a meaning of its own keeps it"
    qtbot.keyClicks(filled.grid, "b")
    assert window.top_bar.search.text() == "b", "and any other begins anew"


def test_chips_show_their_icons_where_there_is_no_room_for_words(
    filled: GalleryPane, quiet: Quiet, window: MainWindow
) -> None:
    quiet()
    filters = filled.browser.filters
    chips = [filters.more, filters.category, filters.date, filters.favourites, filters.order]

    def words() -> list[bool]:
        brief = Qt.ToolButtonStyle.ToolButtonIconOnly
        return [chip.toolButtonStyle() != brief for chip in chips]

    def whole() -> bool:
        """Whether no chip is narrower than what it shows."""
        return all(chip.width() >= chip.sizeHint().width() for chip in chips)

    window.resize(1500, 800)
    QApplication.processEvents()
    assert words() == [True] * 5
    assert whole()
    filters.date.pick("month")
    quiet()
    window.resize(980, 700)
    QApplication.processEvents()
    assert words()[2], "what narrows the list is told in words as long as anything is"
    assert not words()[4]
    assert filters.order.toolTip() == filters.order.text()
    assert whole()
    window.resize(1500, 800)
    QApplication.processEvents()
    assert words() == [True] * 5
    assert filters.order.toolTip() == ""
