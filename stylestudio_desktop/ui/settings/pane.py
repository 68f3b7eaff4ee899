"""The Settings pane: everything takes effect at once and is kept."""

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
from stylestudio_desktop.ui.settings.watched import WatchedSection
from stylestudio_desktop.ui.settings.workspaces import WorkspacesSection
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.window import MainWindow

WIDEST = 1200
SIDE_BY_SIDE = 900


class SettingsPane(Pane):
    """Two columns of sections, one below the other where there is little room."""

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        super().__init__(window.place)
        self._studio = studio
        self.keeper = Keeper(window, studio, self)
        self.look = LookSection(self.keeper)
        self.limits = LimitsSection(self.keeper)
        self.account = AccountSection(window, studio)
        self.services = ServicesSection(window, studio)
        self.engine = EngineSection(window, studio)
        self.payments = PaymentsSection(window, studio)
        self.room = RoomSection(window, studio)
        self.backups = BackupSection(window, studio, self.keeper)
        self.health = HealthSection(window, studio)
        self.watched = WatchedSection(window, studio)
        self.workspaces = WorkspacesSection(window, studio)
        self.about = AboutSection(window, studio)
        self._build()
        self.engine.changed.connect(self.services.refresh)
        self._add_actions(window)

    def shown(self) -> None:
        """Show what is true now."""
        value = self._studio.settings.value
        self.look.show_settings(value)
        self.limits.show_settings(value)
        for section in (
            self.account,
            self.services,
            self.engine,
            self.payments,
            self.backups,
            self.health,
            self.room,
            self.watched,
            self.workspaces,
        ):
            section.refresh()

    def receive(self, wish: object) -> None:
        """Somebody needs one of the sections: begin there."""
        if isinstance(wish, Part):
            wanted = {Part.BACKUPS: self.backups, Part.PAYMENTS: self.payments}[wish]
            # Once the sections have been laid out in the room that they get.
            QTimer.singleShot(0, self, lambda: self._begin_at(wanted))

    def _begin_at(self, section: QWidget) -> None:
        top = section.mapTo(self._inside, QPoint()).y()
        self._scroll.verticalScrollBar().setValue(top - Space.XL)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns below each other where there is little room."""
        super().resizeEvent(event)
        wide = self.width() >= SIDE_BY_SIDE
        direction = QBoxLayout.Direction
        self._columns.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

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
        self._columns = QHBoxLayout(inside)
        self._columns.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        self._columns.setSpacing(Space.L)
        for sections in (
            (
                self.account,
                self.look,
                self.limits,
                self.backups,
                self.health,
                self.watched,
                self.room,
            ),
            (self.services, self.engine, self.payments, self.workspaces, self.about),
        ):
            column = QVBoxLayout()
            column.setSpacing(Space.L)
            for section in sections:
                column.addWidget(section)
            column.addStretch(1)
            self._columns.addLayout(column, 1)
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
            "settings.folder", self.tr("Open the workspace's folder"), self.room.open_folder,
            owner=self, icon="folder-open", group=group,
        )  # fmt: skip
        window.actions_.add(
            "settings.report", self.tr("Copy the report for support"), self.about.copy_report,
            owner=self, icon="copy", group=group,
        )  # fmt: skip


def create_pane(window: MainWindow, studio: Studio) -> Pane:
    """Return the Settings pane of `window`."""
    return SettingsPane(window, studio)
