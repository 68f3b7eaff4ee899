"""The picture-making services: which are ready, what each can do, and what one should know."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.providers.protocol import Provider, Readiness, ServiceCard
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import Facts, Fold
from stylestudio_desktop.ui.widgets.labels import Status, StatusBadge, label, rule
from stylestudio_desktop.ui.window import MainWindow


class ServicesSection(Section):
    """A row for each service; `refresh` asks each anew whether it is ready."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Services"), parent=parent)
        self._window = window
        self._providers: Mapping[str, Provider] = studio.providers
        self.rows: dict[str, ServiceRow] = {}
        for place, (name, provider) in enumerate(studio.providers.items()):
            if place:
                self.body.addWidget(rule())
            self.rows[name] = ServiceRow(provider.card)
            self.body.addWidget(self.rows[name])
        foot = QHBoxLayout()
        foot.addWidget(button(self.tr("Check again"), self.refresh, icon="refresh-cw"))
        foot.addStretch(1)
        self.body.addLayout(foot)

    def refresh(self) -> None:
        """Ask every service, each in the background."""
        for name, provider in self._providers.items():
            row = self.rows[name]
            row.show_checking()
            self._window.tasks.run(
                provider.check, row.show_readiness, partial(_on_failed, row), owner=row
            )


class ServiceRow(QWidget):
    """One service."""

    def __init__(self, card: ServiceCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._badge = StatusBadge(Status("", "circle-dashed"))
        self.sentence = label("", "muted", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(label(card.name))
        head.addStretch(1)
        head.addWidget(self._badge)
        about = Facts()
        about.set_rows(self._facts(card))
        more = Fold(self.tr("What it can do"))
        more.body.addWidget(about)
        for note in card.notes:
            more.body.addWidget(label(f"· {note}", "faint", wrap=True))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.XS)
        layout.addLayout(head)
        layout.addWidget(label(card.summary, "faint", wrap=True))
        layout.addWidget(self.sentence)
        layout.addWidget(more)
        self.show_checking()

    def show_checking(self) -> None:
        """Say that the service is being asked."""
        self._badge.set_status(Status(self.tr("Checking"), "circle-dashed"))

    def show_readiness(self, found: Readiness) -> None:
        """Say whether it is ready, in its own sentence."""
        if found.ready:
            self._badge.set_status(Status(self.tr("Ready"), "circle-check", "good"))
        else:
            self._badge.set_status(Status(self.tr("Not ready"), "triangle-alert", "warning"))
        self.sentence.setText(found.sentence)

    def _facts(self, card: ServiceCard) -> list[tuple[str, str]]:
        place = (
            self.tr("Photos are sent to the service")
            if card.remote
            else self.tr("On this computer; no photo leaves it")
        )
        rows = [(self.tr("Works"), place)]
        for model in card.models:
            able = model.capabilities
            words = self.tr("%n product photo(s)", "", able.max_products)
            words += ", " + self.tr("%n person photo(s)", "", able.max_models)
            words += ", " + self.tr("%n picture(s) at a time", "", able.max_count)
            rows.append((model.name, words))
            rows.append((self.tr("Ratios"), ", ".join(able.ratios)))
            rows.append((self.tr("Qualities"), ", ".join(able.qualities)))
        return rows


def _on_failed(row: ServiceRow, error: Exception) -> None:
    # A service's own package may break in any way; its row says so, the others go on.
    row.show_readiness(Readiness(False, f"It could not be asked ({type(error).__name__})."))
