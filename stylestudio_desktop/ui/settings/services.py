"""The picture services: which are in use and how they stand; adding, testing, removing them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QMenu, QMessageBox, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.providers.catalogue import ServiceEntry
from stylestudio_desktop.providers.protocol import Readiness
from stylestudio_desktop.providers.registry import LOCAL, Providers
from stylestudio_desktop.services import connections, consents
from stylestudio_desktop.services.connections import Added, Connection
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.settings.service_dialog import ServiceDialog
from stylestudio_desktop.ui.settings.service_row import Deeds, ServiceRow
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label, rule
from stylestudio_desktop.ui.window import MainWindow


@dataclass(frozen=True, slots=True)
class Found:
    """What the section shows: services in use, those that could be added, how keys are kept.

    `trouble` says what is wrong in the catalogue, the user's own, and other packages.
    """

    connections: list[Connection]
    entries: tuple[ServiceEntry, ...]
    keeping: str
    trouble: tuple[str, ...]


class ServicesSection(Section):
    """A row for each service; `refresh` reads all anew and asks the embedded engine."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Services"),
            self.tr("Who makes the pictures. The first one that can is offered first."),
            parent,
        )
        self._window, self._studio = window, studio
        self.rows: dict[str, ServiceRow] = {}
        self.found: Found | None = None
        self.dialog: ServiceDialog | None = None
        self._said: dict[str, Readiness] = {}
        self._inside: QWidget | None = None
        self._place = QVBoxLayout()
        self.body.addLayout(self._place)
        self._trouble = label("", "bad", wrap=True)
        self._trouble.setVisible(False)
        self._keeping = label("", "faint", wrap=True)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        self.adding = button(self.tr("Add a service…"), self._offer, "primary", "plus")
        self.adding.setVisible(False)
        foot.addWidget(self.adding)
        foot.addStretch(1)
        self.body.addWidget(self._trouble)
        self.body.addWidget(self._keeping)
        self.body.addLayout(foot)

    def refresh(self) -> None:
        """Read which services are in use, in the background."""
        self._run(lambda: None)

    def add(self, name: str) -> None:
        """Ask for what a service needs, and add it; one in use is changed."""
        if self.found is None:
            return
        entry = next((one for one in self.found.entries if one.id == name), None)
        if entry is None:
            said = self.tr("The catalogue has no entry for it any more. It can only be removed.")
            self._window.toast(said, "warning")
            return
        now = next((one for one in self.found.connections if one.card.id == name), None)
        self.dialog = ServiceDialog(
            self._studio, self._window.tasks, entry, now, self.found.keeping, self
        )
        self.dialog.saved.connect(partial(self._on_saved, name))
        self.dialog.open()

    def test(self, name: str) -> None:
        """Ask a service whether it takes work."""
        studio, row = self._studio, self.rows.get(name)
        if row is not None:
            row.show_checking()

        def told(found: Readiness) -> None:
            self._said[name] = found
            self.refresh()

        self._window.tasks.run(
            attached(studio, lambda: connections.test(studio, name)),
            told,
            partial(self._on_untested, name),
            owner=self,
        )

    def remove(self, name: str) -> None:
        """Take a service out of use and forget its key."""
        studio = self._studio
        self._said.pop(name, None)
        self._run(lambda: connections.remove(studio, name), self._window.toast)

    def prefer(self, name: str) -> None:
        """Move a service up by one place."""
        order = list(self.rows)
        place = order.index(name)
        order[max(0, place - 1)], order[place] = order[place], order[max(0, place - 1)]
        studio = self._studio
        self._run(lambda: connections.prefer(studio, order))

    def agree(self, name: str, yes: bool) -> None:
        """Allow photos of people to be sent to a service, or no longer."""
        studio = self._studio
        self._run(lambda: (consents.give if yes else consents.withdraw)(studio, name))

    def _run(self, change: Callable[[], Any], told: Callable[[str], object] | None = None) -> None:
        studio = self._studio

        def op() -> tuple[Found, Any]:
            said = change()
            offers = studio.providers.offers if isinstance(studio.providers, Providers) else None
            return (
                Found(
                    connections.connections(studio),
                    offers.entries() if offers is not None else (),
                    spoken(studio.secrets.keeping().sentence),
                    connections.trouble(studio) if offers is not None else (),
                ),
                said,
            )

        def success(result: tuple[Found, Any]) -> None:
            self._show(result[0])
            if told is not None and isinstance(result[1], str):
                told(result[1])

        self._window.tasks.run(attached(studio, op), success, self._on_failed, owner=self)

    def _show(self, found: Found) -> None:
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
        self.found = found
        self.rows = {}
        deeds = Deeds(self.test, self.add, self._ask_to_remove, self.prefer, self.agree)
        made = QWidget()
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.M)
        for place, one in enumerate(found.connections):
            if place:
                layout.addWidget(rule())
            row = self.rows[one.card.id] = ServiceRow(one, deeds, first=place == 0)
            layout.addWidget(row)
            if one.card.id in self._said:
                row.show_readiness(self._said[one.card.id])
        self._inside = made
        self._place.addWidget(made)
        self._trouble.setText("\n".join(map(spoken, found.trouble)))
        self._trouble.setVisible(bool(found.trouble))
        self._keeping.setText(spoken(found.keeping))
        self._keeping.setVisible(bool(found.entries))
        self.adding.setVisible(bool(self._addable()))
        for name, row in self.rows.items():
            if row.connection.card.originals:
                self._check(name, row)

    def _check(self, name: str, row: ServiceRow) -> None:
        row.show_checking()
        self._window.tasks.run(
            self._studio.provider(name).check,
            row.show_readiness,
            partial(_on_unchecked, row),
            owner=row,
        )

    def _addable(self) -> list[ServiceEntry]:
        if self.found is None:
            return []
        known = {one.card.id for one in self.found.connections}
        return [one for one in self.found.entries if one.id not in known and one.id != LOCAL]

    def _offer(self) -> None:
        menu = QMenu(self)
        for one in self._addable():
            menu.addAction(one.name, partial(self.add, one.id))
        menu.popup(self.adding.mapToGlobal(self.adding.rect().bottomLeft()))

    def _ask_to_remove(self, name: str) -> None:
        title = self.rows[name].connection.card.name
        box = QMessageBox(
            QMessageBox.Icon.Question,
            self.tr("Remove %1").replace("%1", title),
            self.tr("Remove %1 and forget its key? Pictures that it made stay.").replace(
                "%1", title
            ),
            QMessageBox.StandardButton.Cancel,
            self,
        )
        away = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        away.clicked.connect(partial(self.remove, name))
        box.open()

    def _on_saved(self, name: str, added: Added) -> None:
        if added.sentence:
            self._window.toast(spoken(added.sentence))
        self.test(name)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)

    def _on_untested(self, name: str, error: Exception) -> None:
        if isinstance(error, StudioError):
            self._said[name] = Readiness(False, error.sentence)
            self.refresh()
        elif name in self.rows:
            _on_unchecked(self.rows[name], error)


def _on_unchecked(row: ServiceRow, error: Exception) -> None:
    # A service's own package may break in any way; its row says so, the others go on.
    row.show_readiness(Readiness(False, f"It could not be asked ({type(error).__name__})."))
