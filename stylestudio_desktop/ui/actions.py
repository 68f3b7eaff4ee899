"""Every action of the window under one name, so that keys, menus and Ctrl+K offer the same ones."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from stylestudio_desktop.ui.theme import dress, theme

ICONS_MS = 300
"""How long icons wait to be drawn, and look again whether the first pictures are there."""


class Offer(NamedTuple):
    """One action and the group it is listed under."""

    name: str
    group: str
    action: QAction


class Actions(QObject):
    """The register of what the window can do, in the order in which it was registered.

    `added()` follows each new one: a pane brings its own when it is made.
    """

    added = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._offers: dict[str, Offer] = {}
        self._usual: dict[str, tuple[str, ...]] = {}
        self._kept: dict[str, str] = {}
        self._undrawn: dict[str, str] = {}
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(ICONS_MS)
        self._drawing.timeout.connect(self._draw_unless_busy)
        self._busy: Callable[[], bool] = lambda: False

    def add(
        self,
        name: str,
        text: str,
        run: Callable[[], object],
        *,
        owner: QWidget,
        keys: str | tuple[str, ...] = (),
        icon: str | None = None,
        group: str = "",
        everywhere: bool = False,
    ) -> QAction:
        """Register action `name` and return it.

        `keys` are shortcuts ("Ctrl+F"); they work where `owner` or a child of it has the focus,
        or in the whole window when `everywhere`. Raises ValueError for a name taken.
        """
        if name in self._offers:
            raise ValueError(f"The action {name} is registered twice.")
        action = QAction(text, owner)
        context = Qt.ShortcutContext
        action.setShortcutContext(
            context.WindowShortcut if everywhere else context.WidgetWithChildrenShortcut
        )
        action.triggered.connect(lambda _checked=False: run())
        if icon is not None:
            self._undrawn[name] = icon
            self._drawing.start()
        owner.addAction(action)
        owner.destroyed.connect(lambda: self._offers.pop(name, None))
        self._offers[name] = Offer(name, group, action)
        self._usual[name] = tuple(filter(None, [keys] if isinstance(keys, str) else keys))
        self._bind(name)
        self.added.emit()
        return action

    def take_keys(self, kept: Mapping[str, object]) -> None:
        """Use the keys that somebody chose in place of the usual ones, by the actions' names.

        They count for actions that are added later too; an empty text takes an action's keys away.
        """
        self._kept = {name: keys for name, keys in kept.items() if isinstance(keys, str)}
        for name in self._offers:
            self._bind(name)

    def usual(self, name: str) -> tuple[str, ...]:
        """Return the keys that action `name` has where nobody chose others."""
        return self._usual[name]

    def clash(self, name: str, keys: str) -> Offer | None:
        """Return an action that answers to `keys` where action `name` would, if there is one."""
        wanted, mine = QKeySequence(keys), self._offers[name].action
        for other in self:
            if other.name != name and wanted in other.action.shortcuts():
                contexts = (mine.shortcutContext(), other.action.shortcutContext())
                same = mine.parent() is other.action.parent()
                if same or Qt.ShortcutContext.WindowShortcut in contexts:
                    return other
        return None

    def _bind(self, name: str) -> None:
        kept = self._kept.get(name)
        keys = self._usual[name] if kept is None else tuple(filter(None, [kept]))
        self._offers[name].action.setShortcuts([QKeySequence(key) for key in keys])

    def wait_while(self, busy: Callable[[], bool]) -> None:
        """Let icons that nobody asks for wait as long as that is so, however slow the machine."""
        self._busy = busy

    def _draw_unless_busy(self) -> None:
        if self._busy():
            self._drawing.start()
        else:
            self.draw_icons()

    def draw_icons(self) -> None:
        """Draw the icons that still wait; whatever lists actions asks for them before it shows."""
        waiting, self._undrawn = self._undrawn, {}
        for name, icon in waiting.items():
            if name in self._offers:
                _dress_action(self._offers[name].action, icon)

    def get(self, name: str) -> QAction:
        """Return action `name`; KeyError if there is none."""
        return self._offers[name].action

    def __iter__(self) -> Iterator[Offer]:
        return iter(list(self._offers.values()))

    def matching(self, typed: str) -> list[Offer]:
        """Return the enabled actions whose words contain every typed word, best first.

        A word that begins an action's word counts for more than one found inside it.
        """
        words = typed.casefold().split()
        ranked: list[tuple[int, int, Offer]] = []
        for position, offer in enumerate(self):
            if not offer.action.isEnabled() or not offer.action.isVisible():
                continue
            text = f"{offer.group} {offer.action.text()}".replace("&", "").casefold()
            score = _score(words, text)
            if score is not None:
                ranked.append((-score, position, offer))
        return [offer for _, _, offer in sorted(ranked, key=lambda item: item[:2])]


def _dress_action(action: QAction, icon: str) -> None:
    dress(action, lambda: action.setIcon(theme().icon(icon)))


def _score(words: list[str], text: str) -> int | None:
    total = 0
    parts = text.split()
    for word in words:
        if any(part.startswith(word) for part in parts):
            total += 2
        elif word in text:
            total += 1
        else:
            return None
    return total
