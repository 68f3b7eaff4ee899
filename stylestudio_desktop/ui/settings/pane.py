"""The Settings pane: everything takes effect at once and is kept."""

from functools import cached_property
from itertools import takewhile, zip_longest
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.sections import Part
from stylestudio_desktop.ui.settings.about import AboutSection
from stylestudio_desktop.ui.settings.account import AccountSection
from stylestudio_desktop.ui.settings.backups import BackupSection
from stylestudio_desktop.ui.settings.choices import LimitsSection, LookSection
from stylestudio_desktop.ui.settings.engine_files import EngineSection
from stylestudio_desktop.ui.settings.health import HealthSection
from stylestudio_desktop.ui.settings.keeping import Keeper
from stylestudio_desktop.ui.settings.payments import PaymentsSection
from stylestudio_desktop.ui.settings.room import RoomSection
from stylestudio_desktop.ui.settings.services import ServicesSection
from stylestudio_desktop.ui.settings.shortcuts import ShortcutsSection
from stylestudio_desktop.ui.settings.taking import TakingSection
from stylestudio_desktop.ui.settings.watched import WatchedSection
from stylestudio_desktop.ui.settings.workspaces import WorkspacesSection
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.window import MainWindow
from stylestudio_desktop.ui.wishes import CheckLibrary

WIDEST = 1200
SIDE_BY_SIDE = 900
_COLUMNS = (
    ("account", "look", "shortcuts", "limits", "backups", "health", "watched", "room"),
    ("services", "engine", "payments", "workspaces", "taking", "about"),
)
_TOP_DOWN = tuple(name for row in zip_longest(*_COLUMNS) for name in row if name is not None)
S = TypeVar("S", bound=QWidget)


class SettingsPane(Pane):
    """Two columns of sections, one below the other where there is little room.

    All sections at once take a fifth of a second to make, which would be felt: each is made in a
    turn of its own, from the top down, or when it is first asked for.
    """

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        super().__init__(window.place)
        self._window, self._studio = window, studio
        self.keeper = Keeper(window, studio, self)
        self._wanted: str | None = None
        self._seen = False
        self._build()
        self._growing = QTimer(self)
        self._growing.setSingleShot(True)
        self._growing.timeout.connect(self._grow)
        self._growing.start()
        self._add_actions(window)

    @cached_property
    def look(self) -> LookSection:
        """Appearance and language."""
        return self._put("look", LookSection(self.keeper))

    @cached_property
    def shortcuts(self) -> ShortcutsSection:
        """The keys of every action."""
        return self._put("shortcuts", ShortcutsSection(self._window, self._studio, self.keeper))

    @cached_property
    def limits(self) -> LimitsSection:
        """What is accepted, and when to warn."""
        return self._put("limits", LimitsSection(self.keeper))

    @cached_property
    def account(self) -> AccountSection:
        """Who is here."""
        return self._put("account", AccountSection(self._window, self._studio))

    @cached_property
    def services(self) -> ServicesSection:
        """The services that make pictures."""
        return self._put("services", ServicesSection(self._window, self._studio))

    @cached_property
    def engine(self) -> EngineSection:
        """The embedded engine's files."""
        made = EngineSection(self._window, self._studio)
        made.changed.connect(lambda: self.services.refresh())
        return self._put("engine", made)

    @cached_property
    def payments(self) -> PaymentsSection:
        """The key for payments."""
        return self._put("payments", PaymentsSection(self._window, self._studio))

    @cached_property
    def room(self) -> RoomSection:
        """What the library takes on the disk."""
        return self._put("room", RoomSection(self._window, self._studio))

    @cached_property
    def backups(self) -> BackupSection:
        """Backups, and the way back from one."""
        return self._put("backups", BackupSection(self._window, self._studio, self.keeper))

    @cached_property
    def health(self) -> HealthSection:
        """Whether the library is whole."""
        return self._put("health", HealthSection(self._window, self._studio))

    @cached_property
    def watched(self) -> WatchedSection:
        """Folders that are watched."""
        return self._put("watched", WatchedSection(self._window, self._studio))

    @cached_property
    def workspaces(self) -> WorkspacesSection:
        """Which workspaces there are."""
        return self._put("workspaces", WorkspacesSection(self._window, self._studio))

    @cached_property
    def taking(self) -> TakingSection:
        """Everything out of the library, and back from pictures alone."""
        return self._put("taking", TakingSection(self._window, self._studio))

    @cached_property
    def about(self) -> AboutSection:
        """What this program is, and the report for support."""
        return self._put("about", AboutSection(self._window, self._studio))

    def shown(self) -> None:
        """Show what is true now."""
        self._seen = True
        for name in _TOP_DOWN:
            if name in self.__dict__:
                self._refresh(getattr(self, name))

    def settled(self) -> bool:
        """Return whether every section is there."""
        return not self._growing.isActive()

    def receive(self, wish: object) -> None:
        """Somebody needs one of the sections: begin there."""
        if isinstance(wish, CheckLibrary):
            self.health.check()
            wish = Part.HEALTH
        if isinstance(wish, Part):
            self._wanted = wish.value
            if not self._growing.isActive():
                self._lead()

    def _grow(self) -> None:
        """Make the next section."""
        missing = (name for name in _TOP_DOWN if name not in self.__dict__)
        name = next(missing, None)
        if name is not None:
            getattr(self, name)
            self._growing.start()
        else:
            self._lead()

    def _put(self, name: str, made: S) -> S:
        """Put a new section in its place among those of its column that are there."""
        place = next(place for place, names in enumerate(_COLUMNS) if name in names)
        above = takewhile(lambda one: one != name, _COLUMNS[place])
        self._columns[place].insertWidget(sum(one in self.__dict__ for one in above), made)
        if self._seen:
            self._refresh(made)
        return made

    def _refresh(self, section: QWidget) -> None:
        if isinstance(section, LookSection | LimitsSection):
            section.show_settings(self._studio.settings.value)
        elif not isinstance(section, AboutSection | ShortcutsSection):
            section.refresh()  # type: ignore[attr-defined]

    def _lead(self) -> None:
        """Begin at the section that somebody needs, once all are laid out in their room."""
        if self._wanted is not None:
            wanted, self._wanted = getattr(self, self._wanted), None
            QTimer.singleShot(0, self, lambda: self._begin_at(wanted))

    def _begin_at(self, section: QWidget) -> None:
        top = section.mapTo(self._inside, QPoint()).y()
        self._scroll.verticalScrollBar().setValue(top - Space.XL)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns below each other where there is little room."""
        super().resizeEvent(event)
        wide = self.width() >= SIDE_BY_SIDE
        direction = QBoxLayout.Direction
        self._beside.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    def _build(self) -> None:
        # From the outside in: what moves to another parent is styled anew with all it holds.
        scroll = self._scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        centred = QWidget()
        scroll.setWidget(centred)
        inside = self._inside = QWidget(centred)
        inside.setMaximumWidth(WIDEST)
        self._beside = QHBoxLayout(inside)
        self._beside.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        self._beside.setSpacing(Space.L)
        self._columns = [QVBoxLayout() for _ in _COLUMNS]
        for column in self._columns:
            column.setSpacing(Space.L)
            column.addStretch(1)
            self._beside.addLayout(column, 1)
        row = QHBoxLayout(centred)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(inside, 1000)
        row.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def _add_actions(self, window: MainWindow) -> None:
        group = self.tr("Settings")
        window.actions_.add(
            "settings.folder", self.tr("Open the workspace's folder"),
            lambda: self.room.open_folder(), owner=self, icon="folder-open", group=group,
        )  # fmt: skip
        window.actions_.add(
            "settings.shortcuts", self.tr("Keyboard shortcuts"),
            lambda: self.shortcuts.open(), owner=self, icon="keyboard", group=group,
        )  # fmt: skip
        window.actions_.add(
            "settings.report", self.tr("Copy the report for support"),
            lambda: self.about.copy_report(), owner=self, icon="copy", group=group,
        )  # fmt: skip


def create_pane(window: MainWindow, studio: Studio) -> Pane:
    """Return the Settings pane of `window`."""
    return SettingsPane(window, studio)
