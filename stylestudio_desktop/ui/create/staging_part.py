"""The part of the third step that says how the product is shown: arrangement, backdrop, gloss."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.domain import staging
from stylestudio_desktop.providers.protocol import Capabilities
from stylestudio_desktop.ui import staged
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.draft import Draft
from stylestudio_desktop.ui.create.photos import Photos
from stylestudio_desktop.ui.create.shapes import pictured
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.cards import ChoiceCard
from stylestudio_desktop.ui.widgets.chips import Segments
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.labels import label

_PICTURE_SIDE = 320
_CELL = 118


class StagingPart(QWidget):
    """Pictured cards for what the chosen service lets people choose; hidden where it is nothing.

    They are made a row at a time, each in a turn of its own, as all at once would be felt.
    """

    def __init__(self, photos: Photos, edit: Callable[..., None], parent: QWidget | None = None):
        super().__init__(parent)
        self._photos, self._edit = photos, edit
        self.arrangements: dict[str, ChoiceCard] = {}
        self.backdrops: dict[str, ChoiceCard] = {}
        self._seen: tuple[object, ...] = ()
        self._now: tuple[Draft, Capabilities] | None = None
        self._parts = [self._build_rest, self._build_backdrops, self._build_arrangements]
        self._turns = QTimer(self)
        self._turns.setInterval(0)
        self._turns.timeout.connect(self._grow)
        self._turns.start()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, Space.S, 0, 0)
        self._column.setSpacing(Space.M)

    @property
    def complete(self) -> bool:
        """Return whether all cards are made."""
        return not self._parts

    def _grow(self) -> None:
        self._parts.pop()()
        if self._parts:
            return
        self._turns.stop()
        if self._now is not None:
            self.show_draft(*self._now)

    def _build_arrangements(self) -> None:
        self._add("arrangement", staging.ARRANGEMENTS, self.arrangements)

    def _build_backdrops(self) -> None:
        self._add("backdrop", staging.BACKDROPS, self.backdrops)

    def _build_rest(self) -> None:
        column = self._column
        column.addWidget(label(staged.title("reflection"), "label"))
        self.reflection: Segments[str] = Segments(
            [(one, staged.name("reflection", one), None) for one in staging.REFLECTIONS],
            staged.title("reflection"),
        )
        self.reflection.picked.connect(lambda value: self._edit(reflection=value))
        row = FlowLayout(spacing=0)
        row.addWidget(self.reflection)
        column.addLayout(row)
        self._worn = label(
            words.tr("Arrangement and backdrop are for products that nobody wears."), "faint"
        )
        column.addWidget(self._worn)

    def show_draft(self, draft: Draft, able: Capabilities) -> None:
        """Show what is chosen, and refuse what does not fit this product or this service."""
        self.setVisible(bool(able.arrangements))
        self._now = draft, able
        if self._parts:
            return
        own = draft.background is not None
        seen = (bool(draft.models), own, draft.kind, draft.arrangement, draft.backdrop,
                draft.reflection)  # fmt: skip
        if not able.arrangements or seen == self._seen:
            return
        self._seen = seen
        worn = bool(draft.models)
        self._worn.setVisible(worn)
        person = words.tr("Not with a person")
        for one, card in self.arrangements.items():
            unfit = words.tr("Not for this kind of product")
            fits = one in able.arrangements and staging.fits(draft.kind, one)
            reason = person if worn else "" if fits else unfit
            outside = own and able.scenes and one not in able.scenes
            card.refuse(reason or (words.tr("Not in a background photo") if outside else ""))
            card.setChecked(one == draft.arrangement)
        for one, card in self.backdrops.items():
            card.refuse(person if worn else words.tr("Your own photo instead") if own else "")
            card.setChecked(one == draft.backdrop)
        white = draft.backdrop == "white" and not own
        self.reflection.setEnabled(not worn and not white)
        self.reflection.set_value(draft.reflection)
        usual = staged.name("arrangement", staging.usual(draft.kind))
        self.arrangements[staging.AUTO].setToolTip(
            words.tr("For this kind of product: %1").replace("%1", usual)
        )

    def _add(self, option: str, values: tuple[str, ...], cards: dict[str, ChoiceCard]) -> None:
        group = QButtonGroup(self)
        flow = FlowLayout(spacing=Space.M, fill=_CELL)
        folder = resources() / "catalogue" / "pictures"
        for value in values:
            card = pictured(staged.name(option, value), "", 1.0)
            card.setAccessibleName(f"{staged.title(option)}: {staged.name(option, value)}")
            if value == "white":
                tip = words.tr("For marketplaces: exactly 255, the product fills 85 % or more")
                card.setToolTip(tip)
            picture = folder / f"{option}-{value}.jpg"
            self._photos.file(picture, _PICTURE_SIDE, card, card.set_picture)
            changes: dict[str, Any] = {option: value}
            card.clicked.connect(lambda _on=False, changes=changes: self._edit(**changes))
            cards[value] = card
            group.addButton(card)
            flow.addWidget(card)
        self._column.addWidget(label(staged.title(option), "label"))
        self._column.addLayout(flow)
