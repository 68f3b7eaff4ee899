"""One picture service in the settings: how it stands, what it can do, and what can be done."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.providers.protocol import Readiness, ServiceCard
from stylestudio_desktop.services.connections import Connection
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.settings import service_words as words
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button, tool
from stylestudio_desktop.ui.widgets.forms import Facts, Fold
from stylestudio_desktop.ui.widgets.labels import Status, StatusBadge, label


@dataclass(frozen=True, slots=True)
class Deeds:
    """What a row's buttons call, each with the service's name."""

    test: Callable[[str], object]
    change: Callable[[str], object]
    remove: Callable[[str], object]
    prefer: Callable[[str], object]
    agree: Callable[[str, bool], object]


class ServiceRow(QWidget):
    """One service; `sentence` is what it last said of itself."""

    def __init__(
        self, one: Connection, deeds: Deeds, first: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.connection = one
        self._badge = StatusBadge(words.status(one))
        self.sentence = label(spoken(one.pause), "muted", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(label(spoken(one.card.name)))
        head.addStretch(1)
        head.addWidget(self._badge)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.XS)
        layout.addLayout(head)
        layout.addWidget(label(spoken(one.card.summary), "faint", wrap=True))
        layout.addWidget(self.sentence)
        self.found = Facts()
        layout.addWidget(self.found)
        if not one.card.originals:
            said = [words.key(one), words.month(one), words.people(one)]
            layout.addWidget(label(" · ".join(filter(None, said)), "faint", wrap=True))
        layout.addLayout(self._buttons(one, deeds, first))
        layout.addWidget(self._more(one.card))
        self.sentence.setVisible(bool(one.pause))
        self.found.setVisible(False)

    def show_checking(self) -> None:
        """Say that the service is being asked."""
        self._badge.set_status(Status(self.tr("Checking"), "circle-dashed"))

    def show_readiness(self, found: Readiness) -> None:
        """Say whether it is ready, in its own sentence, and what was found."""
        if found.ready:
            self._badge.set_status(Status(self.tr("Ready"), "circle-check", "good"))
        else:
            self._badge.set_status(Status(self.tr("Not ready"), "triangle-alert", "warning"))
        self.sentence.setText(spoken(found.sentence))
        self.sentence.setVisible(bool(found.sentence))
        self.found.set_rows(list(found.details.items()))
        self.found.setVisible(bool(found.details))

    def _buttons(self, one: Connection, deeds: Deeds, first: bool) -> QHBoxLayout:
        row, name = QHBoxLayout(), one.card.id
        row.setSpacing(Space.S)
        if not one.card.originals:
            title = one.card.name
            for text, deed, icon in (
                (self.tr("Test"), deeds.test, "refresh-cw"),
                (self.tr("Change…"), deeds.change, "pencil"),
            ):
                made = button(text, partial(deed, name), "normal", icon)
                made.setAccessibleName(f"{title}: {text}")
                row.addWidget(made)
            if one.card.remote:
                agreed = one.consent_at is not None
                text = (
                    self.tr("Send no people any more")
                    if agreed
                    else self.tr("Allow photos of people")
                )
                ask = button(text, lambda: deeds.agree(name, not agreed), "quiet", "users")
                ask.setAccessibleName(f"{title}: {text}")
                row.addWidget(ask)
        row.addStretch(1)
        if not first:
            tip = self.tr("Prefer %1: move it up").replace("%1", one.card.name)
            row.addWidget(tool("chevron-up", tip, lambda: deeds.prefer(name)))
        if not one.card.originals:
            tip = self.tr("Remove %1").replace("%1", one.card.name)
            row.addWidget(tool("trash-2", tip, lambda: deeds.remove(name)))
        return row

    def _more(self, card: ServiceCard) -> QWidget:
        about = Facts()
        about.set_rows(self._facts(card))
        more = Fold(self.tr("What it can do"))
        more.body.addWidget(about)
        for note in card.notes:
            more.body.addWidget(label(f"· {spoken(note)}", "faint", wrap=True))
        return more

    def _facts(self, card: ServiceCard) -> list[tuple[str, str]]:
        if card.originals:
            place = self.tr("On this computer; no photo leaves it")
        elif card.remote:
            place = self.tr("Photos are sent to the service")
        else:
            place = self.tr("On your own computer or network")
        rows = [(self.tr("Works"), place)]
        for model in card.models:
            able = model.capabilities
            if model.refusal:
                rows.append((model.name, model.refusal))
                continue
            said = self.tr("%n product photo(s)", "", able.max_products)
            said += ", " + self.tr("%n person photo(s)", "", able.max_models)
            said += ", " + self.tr("%n picture(s) at a time", "", able.max_count)
            for quality, price in model.bills.items():
                said += "\n" + self.tr("%1: %2 a picture").replace("%1", quality).replace(
                    "%2", price
                )
            rows.append((model.name, said))
        if len(card.models) == 1:
            able = card.models[0].capabilities
            rows.append((self.tr("Ratios"), ", ".join(able.ratios)))
            rows.append((self.tr("Qualities"), ", ".join(able.qualities)))
        return rows
