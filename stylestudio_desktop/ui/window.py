"""The window: rail, top bar, queue strip and the panes between them, made when first shown."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QGridLayout, QMainWindow, QStackedWidget, QWidget

from stylestudio_desktop.ui.actions import Actions
from stylestudio_desktop.ui.frame.in_view import InView
from stylestudio_desktop.ui.frame.queue_strip import QueueStrip
from stylestudio_desktop.ui.frame.rail import Place, Rail
from stylestudio_desktop.ui.frame.toasts import Toast, Toasts
from stylestudio_desktop.ui.frame.top_bar import TopBar
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.tokens import Size
from stylestudio_desktop.ui.widgets.labels import Tone

if TYPE_CHECKING:
    from stylestudio_desktop.domain.errors import StudioError
    from stylestudio_desktop.ui.palette import CommandPalette

GALLERY, CREATE, HISTORY, WALLET, SETTINGS = "gallery", "create", "history", "wallet", "settings"
PaneFactory = Callable[["MainWindow"], Pane]
_START = (1280, 800)


class MainWindow(QMainWindow):
    """The frame. It knows panes by name and nothing of what they show.

    `panes` maps a name (`GALLERY`, `CREATE`, ...) to a factory taking this window; the rail shows
    those names that it holds. Without `panes` it is the frame alone, for all of them, which can be
    painted before a library is open; `furnish` brings them then. `memory` is what `memory()`
    returned at the last clean exit; give
    an empty one after an unclean exit and the window opens in its safe first state.
    Panes use `actions`, `tasks`, `toast(...)`, `tell(error)` and `open_pane(...)`. `home` is the
    workspace's folder, once one is open.
    """

    closing = Signal()
    pause_asked = Signal(bool)
    account_asked = Signal()
    pane_opened = Signal(str)

    def __init__(
        self,
        panes: Mapping[str, PaneFactory] | None = None,
        memory: Mapping[str, Any] | None = None,
        tasks: Tasks | None = None,
    ) -> None:
        super().__init__()
        theme()
        self.setWindowTitle("Style Studio")
        self._factories = dict(panes or {})
        self._places = [one for one in self._all_places() if panes is None or one.name in panes]
        self._memory: dict[str, Any] = dict(memory or {})
        self._given: dict[str, dict[str, Any]] = {}
        self._searches: dict[str, str] = {}
        self._open: dict[str, Pane] = {}
        self._current = ""
        self._was = self.windowState()
        self.home: Path | None = None
        self.damaged = False
        self.actions_ = Actions(self)
        self.tasks = tasks if tasks is not None else Tasks(self)
        self._middle = QWidget(self)
        self._build()
        self._toasts = Toasts(self._middle)
        self._palette: CommandPalette | None = None
        self._register()
        self._recall()
        if panes is not None:
            self.furnish(panes)

    @property
    def current(self) -> str:
        """Return the name of the pane in front."""
        return self._current

    @property
    def place(self) -> QWidget:
        """Return what every pane is a child of, from its making on.

        A widget that moves to another parent is styled anew with all it holds, which takes as
        long as making it.
        """
        return self._stack

    def await_panes(self, blank: QWidget) -> None:
        """Show `blank` where the pane will be that was in front last, until `furnish`."""
        self._stack.addWidget(blank)
        self._rail.mark(self._first())

    def take_over(self, memory: Mapping[str, Any]) -> None:
        """Remember `memory` instead: it is somebody else who sits down at the frame that is shown.

        Comes before `furnish`; the size stays.
        """
        self._memory = dict(memory)

    def furnish(self, panes: Mapping[str, PaneFactory]) -> None:
        """Bring the panes, and to the front the one that was there last."""
        self._factories = dict(panes)
        blank = self._stack.currentWidget()
        if self._factories:
            self.open_pane(self._first())
        if blank is not None:
            self._stack.removeWidget(blank)
            blank.deleteLater()
        InView(self)

    def pane(self, name: str) -> Pane:
        """Return pane `name`, made now if it was not yet; KeyError for an unknown name."""
        if name not in self._open:
            made = self._factories[name](self)
            self._open[name] = made
            self._stack.addWidget(made)
            kept = self._memory.get("panes", {}).get(name, {})
            made.recall(kept if isinstance(kept, dict) else {})
            self._given[name] = made.memory()
        return self._open[name]

    def unmade(self) -> set[str]:
        """Return the panes that are not made yet."""
        return self._factories.keys() - self._open.keys()

    def make_another(self) -> bool:
        """Make a pane that was not asked for yet, for its actions; False where all are there."""
        unmade = self.unmade()
        if unmade:
            self.pane(min(unmade))
        return bool(unmade)

    def open_pane(self, name: str, wish: object | None = None) -> Pane:
        """Bring pane `name` to the front and hand it `wish` if there is one."""
        pane = self.pane(name)
        if name != self._current:
            if self._current:
                self._open[self._current].hidden()
            self._current = name
            self._stack.setCurrentWidget(pane)
            self._rail.mark(name)
            self._show_search(pane)
            pane.shown()
            self.pane_opened.emit(name)
        if wish is not None:
            pane.receive(wish)
        return pane

    def toast(
        self,
        text: str,
        tone: Tone = "neutral",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> Toast:
        """Show a notice that does not take the focus; `action` is (button text, what it does)."""
        return self._toasts.show(text, tone, action)

    def tell(self, error: "StudioError") -> Toast:
        """Show what went wrong, with a button that helps where there is one."""
        from stylestudio_desktop.ui.cures import cure, is_grave

        toast = self._toasts.show(spoken(error.sentence), "bad", cure(self, error), once=True)
        if is_grave(error):
            self.damaged = True
            toast.stay()
        return toast

    def open_again(self) -> None:
        """Close, and open again at once: on another library, or for somebody else."""
        from stylestudio_desktop.ui.wishes import REOPEN

        self.setProperty("reopen", REOPEN)
        self.close()

    def lift_toasts(self, height: int) -> None:
        """Show notices so much higher: the pane in front shows something at its foot."""
        self._toasts.keep_above(height)

    def fill_screen(self, full: bool) -> None:
        """Give the pane in front the whole screen, without rail, bar and strip; or take it back."""
        for part in (self._rail, self.top_bar, self.queue_strip):
            part.setVisible(not full)
        if full:
            self._was = self.windowState()
            self.showFullScreen()
        else:
            self.setWindowState(self._was)

    def keep_search(self, name: str, text: str) -> None:
        """Take `text` as what pane `name` searches for, as when the pane itself changed it."""
        self._searches[name] = text
        if name == self._current:
            self.top_bar.search.set_text(text)

    def memory(self) -> dict[str, Any]:
        """Return size, pane and what each pane remembers, as plain JSON values."""
        panes = dict(self._memory.get("panes", {}))
        panes.update({name: pane.memory() for name, pane in self._open.items()})
        return {
            "geometry": b64encode(self.saveGeometry().data()).decode("ascii"),
            "pane": self._current,
            "appearance": theme().appearance.value,
            "panes": panes,
        }

    def touched(self) -> set[str]:
        """Return the panes of which something else is to be remembered than when they opened."""
        return {name for name, pane in self._open.items() if pane.memory() != self._given[name]}

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell the application before the window goes."""
        self.closing.emit()
        # Whatever still reads for a pane ends before the library is closed under it.
        self.tasks.close()
        super().closeEvent(event)

    def _build(self) -> None:
        self._rail = Rail(self._places, self)
        self._rail.chosen.connect(self.open_pane)
        self.top_bar = TopBar(self)
        self.top_bar.search.searched.connect(self._on_searched)
        self.top_bar.search.left.connect(self._on_search_left)
        self.top_bar.account_asked.connect(self.account_asked)
        self.queue_strip = QueueStrip(self)
        self.queue_strip.pause_asked.connect(self.pause_asked)
        self._stack = QStackedWidget(self)
        layout = QGridLayout(self._middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._rail, 0, 0, 3, 1)
        layout.addWidget(self.top_bar, 0, 1)
        layout.addWidget(self._stack, 1, 1)
        layout.addWidget(self.queue_strip, 2, 1)
        layout.setRowStretch(1, 1)
        self.setCentralWidget(self._middle)
        self.setMinimumSize(Size.RAIL + 560, 340)
        if any(place.name == WALLET for place in self._places):
            self.top_bar.wallet_asked.connect(lambda: self.open_pane(WALLET))

    def _all_places(self) -> list[Place]:
        return [
            Place(GALLERY, self.tr("Gallery"), "images"),
            Place(CREATE, self.tr("Create"), "wand-sparkles"),
            Place(HISTORY, self.tr("History"), "history"),
            Place(WALLET, self.tr("Wallet"), "wallet"),
            Place(SETTINGS, self.tr("Settings"), "settings", foot=True),
        ]

    def _register(self) -> None:
        group = self.tr("Go to")
        for number, place in enumerate(self._all_places(), start=1):
            if place in self._places:
                self.actions_.add(
                    f"go.{place.name}", place.text, partial(self.open_pane, place.name),
                    owner=self, keys=f"Ctrl+{number}", icon=place.icon, group=group,
                    everywhere=True,
                )  # fmt: skip
        self._add("search", self.tr("Search"), self._focus_search, "Ctrl+F", "search")
        self._add("commands", self.tr("Commands"), self._offer_commands, "Ctrl+K", "keyboard")
        looks = (
            (Appearance.LIGHT, self.tr("Light"), "sun"),
            (Appearance.DARK, self.tr("Dark"), "moon"),
            (Appearance.SYSTEM, self.tr("Follow the system"), "monitor"),
        )
        for look, text, icon in looks:
            self.actions_.add(
                f"appearance.{look.value}", text, partial(theme().set_appearance, look),
                owner=self, icon=icon, group=self.tr("Appearance"),
            )  # fmt: skip
        turn, show = self.tr("Pause the queue or go on"), self.tr("Show the queue")
        self._add("queue.pause", turn, self.queue_strip.turn, "Ctrl+Shift+P", "pause")
        self._add("queue.show", show, self.queue_strip.queue_asked.emit, "", "list")
        self._add("quit", self.tr("Close the window"), self.close, "Ctrl+Q", "x")

    def _add(self, name: str, text: str, run: Callable[[], object], keys: str, icon: str) -> None:
        self.actions_.add(name, text, run, owner=self, keys=keys, icon=icon, everywhere=True)

    def _recall(self) -> None:
        self.resize(*_START)
        geometry = self._memory.get("geometry")
        if isinstance(geometry, str):
            # An edited settings file is no reason to stop: the first size is a good size.
            with suppress(NotBase64, ValueError):
                self.restoreGeometry(QByteArray(b64decode(geometry, validate=True)))
        wanted = self._memory.get("appearance")
        if wanted in [look.value for look in Appearance]:
            theme().set_appearance(Appearance(wanted))

    def _first(self) -> str:
        names = list(self._factories) or [place.name for place in self._places]
        kept = self._memory.get("pane")
        return str(kept) if kept in names else names[0]

    def _offer_commands(self) -> None:
        if self._palette is None:
            from stylestudio_desktop.ui.palette import CommandPalette

            self._palette = CommandPalette(self.actions_, self._middle, self.make_another)
        self._palette.open()

    def _focus_search(self) -> None:
        self.top_bar.search.setFocus()
        self.top_bar.search.selectAll()

    def _show_search(self, pane: Pane) -> None:
        hint = pane.search_hint or self.tr("Search the gallery")
        self.top_bar.search.setPlaceholderText(hint)
        self.top_bar.search.set_text(self._searches.get(self._current, ""))

    def _on_search_left(self) -> None:
        if self._current in self._open:
            self._open[self._current].take_keys()

    def _on_searched(self, text: str) -> None:
        if self._open[self._current].search_hint is None and GALLERY in self._factories:
            self._searches[GALLERY] = text
            self.open_pane(GALLERY)
        self._searches[self._current] = text
        self._open[self._current].search(text)
