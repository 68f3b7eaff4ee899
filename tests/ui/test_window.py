"""The frame: panes made when shown, keys, commands, search, notices, and what is remembered."""

import gc
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.events import ServicePaused
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.ui import ahead
from stylestudio_desktop.ui.frame.low_balance import LowBalance
from stylestudio_desktop.ui.frame.paused import tell_pause
from stylestudio_desktop.ui.frame.queue_strip import QueueState
from stylestudio_desktop.ui.frame.toasts import Toast
from stylestudio_desktop.ui.frame.top_bar import initials
from stylestudio_desktop.ui.palette import CommandPalette
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.tokens import DARK, LIGHT, Palette
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.cards import ChoiceCard
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET, MainWindow

KEYS, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


class Told(Pane):
    """A pane that notes what it is told."""

    search_hint = "Search here"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.notes: list[Any] = []
        self.field = QLineEdit(self)
        QVBoxLayout(self).addWidget(self.field)

    def shown(self) -> None:
        self.notes.append("shown")

    def hidden(self) -> None:
        self.notes.append("hidden")

    def search(self, text: str) -> None:
        self.notes.append(("search", text))

    def receive(self, wish: object) -> None:
        self.notes.append(("wish", wish))

    def memory(self) -> dict[str, Any]:
        return {"zoom": 200}

    def recall(self, memory: dict[str, Any]) -> None:
        self.notes.append(("recall", memory))


class Silent(Told):
    search_hint = None


def make_window(memory: dict[str, Any] | None = None) -> tuple[MainWindow, list[str]]:
    made: list[str] = []

    def factory(name: str, kind: type[Told] = Told) -> Any:
        def make(_window: MainWindow) -> Pane:
            made.append(name)
            return kind(name)

        return make

    panes = {name: factory(name) for name in (GALLERY, HISTORY, WALLET, SETTINGS)}
    return MainWindow({**panes, CREATE: factory(CREATE, Silent)}, memory), made


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made, _ = make_window()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    yield made
    assert made.tasks.close()


def told(window: MainWindow, name: str) -> list[Any]:
    pane = window.pane(name)
    assert isinstance(pane, Told)
    return pane.notes


def test_a_pane_is_made_on_its_first_showing(qtbot: QtBot) -> None:
    window, made = make_window()
    qtbot.addWidget(window)
    assert made == [GALLERY]
    window.open_pane(WALLET)
    window.open_pane(GALLERY)
    window.open_pane(WALLET)
    assert made == [GALLERY, WALLET]
    assert told(window, GALLERY)[1:] == ["shown", "hidden", "shown", "hidden"]


@pytest.mark.parametrize(
    ("key", "name"),
    [(KEYS.Key_1, GALLERY), (KEYS.Key_2, CREATE), (KEYS.Key_4, WALLET), (KEYS.Key_5, SETTINGS)],
)
def test_keys_open_panes(window: MainWindow, qtbot: QtBot, key: Qt.Key, name: str) -> None:
    window.open_pane(HISTORY)
    qtbot.keyClick(window, key, CTRL)
    assert window.current == name


def test_the_pill_opens_the_wallet(window: MainWindow, qtbot: QtBot) -> None:
    window.top_bar.set_balance(1234, low=True)
    assert "1" in window.top_bar.pill.text()
    qtbot.mouseClick(window.top_bar.pill, Qt.MouseButton.LeftButton)
    assert window.current == WALLET


def test_a_wish_reaches_the_other_pane(window: MainWindow) -> None:
    window.open_pane(CREATE, wish="take this")
    assert told(window, CREATE)[-1] == ("wish", "take this")


def test_search_is_told_once_typing_pauses_and_kept_per_pane(
    window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.keyClick(window, KEYS.Key_F, CTRL)
    field = window.top_bar.search
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "linen")
    qtbot.waitUntil(lambda: ("search", "linen") in told(window, GALLERY))
    assert told(window, GALLERY).count(("search", "linen")) == 1
    assert not [
        note for note in told(window, GALLERY) if note[0] == "search" and note[1] != "linen"
    ]
    window.open_pane(HISTORY)
    assert field.text() == ""
    window.open_pane(GALLERY)
    assert field.text() == "linen"


def test_searching_in_a_pane_without_search_goes_to_the_gallery(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.open_pane(CREATE)
    window.top_bar.search.setText("denim")
    qtbot.keyClick(window.top_bar.search, KEYS.Key_Return)
    assert window.current == GALLERY
    assert told(window, GALLERY)[-1] == ("search", "denim")
    assert window.top_bar.search.text() == "denim"


def test_the_palette_finds_and_runs_an_action(window: MainWindow, qtbot: QtBot) -> None:
    ran: list[bool] = []
    window.actions_.add("x", "Export the selection", lambda: ran.append(True), owner=window)
    qtbot.keyClick(window, KEYS.Key_K, CTRL)
    palette = window.findChild(CommandPalette)
    assert palette is not None
    assert palette.isVisible()
    field = palette.findChild(QLineEdit)
    qtbot.keyClicks(field, "sel exp")
    assert len(palette.shown()) == 1
    qtbot.keyClick(field, KEYS.Key_Return)
    assert ran == [True]
    assert not palette.isVisible()


def test_the_palette_lists_what_can_be_done_only(window: MainWindow) -> None:
    action = window.actions_.add("y", "Unavailable thing", lambda: None, owner=window)
    action.setEnabled(False)
    assert not window.actions_.matching("unavailable")
    action.setEnabled(True)
    assert [offer.name for offer in window.actions_.matching("unavail")] == ["y"]
    with pytest.raises(ValueError, match="twice"):
        window.actions_.add("y", "Again", lambda: None, owner=window)


def test_a_toast_leaves_room_for_work_at_the_foot(window: MainWindow) -> None:
    toast = window.toast("Imported")
    low = toast.y()
    window.lift_toasts(60)
    assert toast.y() == low - 60
    window.lift_toasts(0)
    assert toast.y() == low


def test_a_toast_undoes_without_taking_the_focus(window: MainWindow, qtbot: QtBot) -> None:
    pane = window.pane(GALLERY)
    assert isinstance(pane, Told)
    pane.field.setFocus()
    undone: list[bool] = []
    window.toast("3 pictures moved to the trash", "good", ("Undo", lambda: undone.append(True)))
    assert pane.field.hasFocus()
    toast = window.findChild(Toast)
    button = toast.findChild(QPushButton, "toastAction")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert undone == [True]
    assert pane.field.hasFocus()
    qtbot.waitUntil(lambda: window.findChild(Toast) is None)


def test_nothing_reads_on_once_the_window_is_closed(window: MainWindow) -> None:
    begun, end, done = threading.Event(), threading.Event(), []

    def read() -> None:
        begun.set()
        end.wait(5)
        done.append(True)

    window.tasks.run(read)
    begun.wait(5)
    window.closing.connect(end.set)
    window.close()
    assert done, "it was waited for"
    window.tasks.run(lambda: done.append(False))
    assert done == [True]


def test_memory_goes_out_and_in(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(700, 610)  # the offscreen screen is 800 by 800
    window.open_pane(HISTORY)
    theme().set_appearance(Appearance.DARK)
    memory = window.memory()
    again, made = make_window(memory)
    qtbot.addWidget(again)
    assert made == [HISTORY]
    assert again.current == HISTORY
    assert again.size() == window.size()
    assert theme().palette is DARK
    assert told(again, HISTORY)[0] == ("recall", {"zoom": 200})


@pytest.mark.parametrize(
    "memory",
    [{}, {"geometry": "%%%", "pane": 7, "panes": {GALLERY: 3}}, {"geometry": "AAAA", "pane": "x"}],
)
def test_an_odd_memory_opens_the_first_pane(qtbot: QtBot, memory: dict[str, Any]) -> None:
    window, made = make_window(memory)
    qtbot.addWidget(window)
    assert made == [GALLERY]


def test_the_queue_strip_says_what_runs(window: MainWindow, qtbot: QtBot) -> None:
    strip = window.queue_strip
    strip.set_state(QueueState(1, 3, 130.0, 0.25))
    assert "2" in strip.accessibleName()
    with qtbot.waitSignal(window.pause_asked) as asked:
        qtbot.mouseClick(strip.button, Qt.MouseButton.LeftButton)
    assert asked.args == [True]
    strip.set_state(QueueState(undecided=2))
    assert strip.accessibleName() == "2 to be decided by you"
    assert not strip._bar.isVisible()
    strip.set_state(QueueState(0, 3, None, None, paused=True))
    with qtbot.waitSignal(window.pause_asked) as asked:
        qtbot.mouseClick(strip.button, Qt.MouseButton.LeftButton)
    assert asked.args == [False]
    for name, signal in (
        ("queue.pause", window.pause_asked),
        ("queue.show", window.queue_strip.queue_asked),
    ):
        with qtbot.waitSignal(signal):
            window.actions_.get(name).trigger()


def test_every_button_of_the_frame_has_a_name(window: MainWindow) -> None:
    for kind in (QToolButton, QPushButton):
        for one in window.findChildren(kind):
            if one.parent() is not window.top_bar.search:
                assert one.accessibleName() or one.text(), one


def test_the_low_balance_notice_keeps_its_number_right(window: MainWindow, qtbot: QtBot) -> None:
    notice = LowBalance(window)

    def texts() -> list[str]:
        return [one.accessibleName() for one in window.findChildren(Toast)]

    notice.show(9, low=False)
    assert texts() == []
    notice.show(4, low=True)
    notice.show(1, low=True)
    assert texts() == [window.tr("%n token(s) left", "", 1)]
    notice.show(60, low=False)
    qtbot.waitUntil(lambda: texts() == [])
    notice.show(3, low=True)
    assert texts() == [window.tr("%n token(s) left", "", 3)]
    window.findChild(Toast).deleteLater()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: texts() == [])
    notice.show(2, low=True)
    assert texts() == [], "who has dismissed it is left in peace"


def test_a_button_that_gets_its_words_later_keeps_room_before_them(window: MainWindow) -> None:
    early, late = button("Generate", icon="sparkles"), button("", icon="sparkles")
    late.setText("Generate")
    assert late.iconSize() == early.iconSize()


def test_cards_are_spread_over_their_lines_evenly(window: MainWindow) -> None:
    holder = QWidget(window)
    flow = FlowLayout(holder, spacing=10, fill=90)
    cards = [QWidget(holder) for _ in range(7)]
    for card in cards:
        flow.addWidget(card)
    flow.setGeometry(QRect(0, 0, 600, 400))
    assert [sum(card.y() == y for card in cards) for y in sorted({c.y() for c in cards})] == [4, 3]
    flow.setGeometry(QRect(0, 0, 690, 400))
    assert len({card.y() for card in cards}) == 1


def test_what_panes_are_made_of_is_loaded_before_they_are_asked_for(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    real = ahead.import_module
    monkeypatch.setattr(ahead, "import_module", lambda name: (loaded.append(name), real(name)))
    monkeypatch.setattr(ahead, "AFTER_MS", 0)
    met: list[str] = []

    class Met:
        @property
        def card(self) -> None:
            met.append("card")

    ahead.load_ahead(window, SimpleNamespace(providers={"local": Met()}))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bool(met) and not window.tasks.busy(), timeout=20_000)
    names = ("create.bench", "history.pane", "wallet.pane", "settings.pane")
    assert {f"stylestudio_desktop.ui.{name}" for name in names} <= set(loaded)


def test_what_was_loaded_ahead_makes_no_later_collection_longer(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "AFTER_MS", 0)
    frozen = gc.get_freeze_count()
    assert not gc.isenabled(), "the application's collector decides when there is one"
    ahead.load_ahead(window, SimpleNamespace(providers={}))  # type: ignore[arg-type]
    try:
        qtbot.waitUntil(lambda: gc.get_freeze_count() > frozen, timeout=20_000)
    finally:
        gc.unfreeze()


def test_the_theme_follows_a_choice_and_repaints(window: MainWindow) -> None:
    theme().set_appearance(Appearance.DARK)
    dark = window.grab().toImage().pixelColor(4, 300)
    theme().set_appearance(Appearance.LIGHT)
    light = window.grab().toImage().pixelColor(4, 300)
    assert light.lightness() > 200 > 60 > dark.lightness()


def test_icons_change_their_colour_with_the_theme(qtbot: QtBot) -> None:
    made = button("Anything", icon="heart")
    qtbot.addWidget(made)

    def darkest() -> int:
        image = made.icon().pixmap(made.iconSize()).toImage()
        points = [(x, y) for x in range(image.width()) for y in range(image.height())]
        solid = [image.pixelColor(*point) for point in points]
        return min(colour.lightness() for colour in solid if colour.alpha() > 200)

    light = darkest()
    theme().set_appearance(Appearance.DARK)
    assert darkest() > light + 60
    made.deleteLater()


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [channel / 255 for channel in QColor(colour).toTuple()[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, WCAG 2.2."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tones", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_ground(tones: Palette) -> None:
    for ground in (tones.window, tones.surface, tones.raised):
        for ink in (tones.text, tones.text_muted, tones.text_faint):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    for name in ("good", "warning", "bad", "accent"):
        ink, soft = getattr(tones, name), getattr(tones, f"{name}_soft")
        assert contrast(ink, soft) >= 4.5, name
    assert contrast(tones.on_accent, tones.accent) >= 4.5
    assert contrast(tones.line_strong, tones.window) >= 1.5


def test_initials() -> None:
    assert initials("Mara van Lind") == "ML"
    assert initials("mara") == "M"
    assert initials("") == ""


class Windows(QObject):
    """Notes what is shown as a window."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[QObject] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            self.seen += [watched] if watched.isWindow() else []
        return False


def test_no_part_of_a_card_is_ever_a_window_of_its_own(qapp: QApplication) -> None:
    """What is shown before it has a parent flashes on the screen as a window."""
    windows = Windows()
    qapp.installEventFilter(windows)
    ChoiceCard("Vintage", "Film grain", QImage())
    qapp.removeEventFilter(windows)

    assert windows.seen == []


def test_a_pause_that_needs_somebody_is_told_with_the_way_to_its_cure(window: MainWindow) -> None:
    def notice(until: int | None, code: Code) -> tuple[str, str] | None:
        for old in window.findChildren(Toast):
            old.setParent(None)
        tell_pause(window, ServicePaused("openai", until, code.value, "OpenAI has no credit left."))
        found = window.findChildren(Toast)
        if not found:
            return None
        action = found[0].findChild(QPushButton, "toastAction")
        assert isinstance(action, QPushButton)
        return found[0].accessibleName(), action.text()

    assert notice(None, Code.NEEDS_PAYMENT) == ("OpenAI has no credit left.", "Open settings")
    assert notice(now_ms() + 600_000, Code.SERVICE_BUSY) == (
        "OpenAI has no credit left.",
        "See the queue",
    )
    assert notice(now_ms() + 20_000, Code.SERVICE_BUSY) is None
