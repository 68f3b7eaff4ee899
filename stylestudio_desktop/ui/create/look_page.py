"""The third step: style, quality, shape and number as cards, words, and the service's own knobs."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.domain.brief import MAX_COUNT, MAX_PROMPT
from stylestudio_desktop.providers.protocol import ModelCard, ServiceCard
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.desk import Desk
from stylestudio_desktop.ui.create.knobs import Knobs
from stylestudio_desktop.ui.create.many import not_varied
from stylestudio_desktop.ui.create.page import Page
from stylestudio_desktop.ui.create.scene_part import ScenePart
from stylestudio_desktop.ui.create.shapes import ShapeView, pictured, shaped
from stylestudio_desktop.ui.create.staging_part import StagingPart
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.boxes import emptied
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.cards import ChoiceCard
from stylestudio_desktop.ui.widgets.chips import Segments
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.forms import Fold
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.widgets.words_field import WordsField

_PICTURE_SIDE = 480
_WORDS_HEIGHT = 76
_MANY_SERVICES = 2
_AFTER_MS = 60
"""When the part that few people need joins the page: it is painted by then."""


class LookPage(Page):
    """Everything about how the pictures look.

    `browse()` and `gallery()` ask for a background photo, `several()` for more than one style.
    """

    several = Signal()
    browse = Signal()
    gallery = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            words.tr("How should it look?"),
            words.tr("Choose a style. The rest has good settings already."),
            parent,
        )
        self._desk = desk
        self.styles: dict[str, ChoiceCard] = {}
        self.qualities: dict[str, ChoiceCard] = {}
        self.ratios: dict[str, ChoiceCard] = {}
        self.services: dict[tuple[str, str | None], ChoiceCard] = {}
        self._scene: ScenePart | None = None
        self._parts = [
            self._build_rest,
            self._build_scene,
            self._build_staging,
            self._build_numbers,
            self._build_pictured,
        ]

    def grow(self) -> bool:
        """Make the styles, the numbers, the words: all at once would be felt."""
        if self._parts:
            self._parts.pop()()
        return bool(self._parts)

    def first_field(self) -> QWidget | None:
        """The style in force."""
        return self.styles.get(self._desk.draft.style)

    @property
    def scene(self) -> ScenePart:
        """The part for a background photo, made when it is first asked for."""
        if self._scene is None:
            self._scene = ScenePart(self._desk, self)
            self._scene.browse.connect(self.browse)
            self._scene.gallery.connect(self.gallery)
            self._scene_place.addWidget(self._scene)
        return self._scene

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the part for a background photo in a turn of its own, once the page stands."""
        super().showEvent(event)
        if self._scene is None:
            QTimer.singleShot(_AFTER_MS, self, lambda: self.scene.show_draft())

    def show_desk(self) -> None:
        """Show what is chosen, and refuse what the service can't do."""
        draft, able = self._desk.draft, self._desk.able
        name = spoken(self._desk.card.name)
        for cards, value in (
            (self.styles, draft.style),
            (self.qualities, draft.quality),
            (self.ratios, draft.ratio),
        ):
            if value in cards:
                cards[value].setChecked(True)
        off = words.tr("Not offered by %1").replace("%1", name)
        person = words.tr("Not with a person")
        for ids, offered in ((self.qualities, able.qualities), (self.ratios, able.ratios)):
            for one, card in ids.items():
                unworn = ids is self.qualities and one not in self._left()
                reason = person if unworn else ""
                card.refuse(reason if one in offered else off)
        why = not_varied(draft)
        self.vary.setEnabled(not why)
        self.vary.setToolTip(why)
        self.staging.show_draft(draft, able)
        if self._scene is not None or draft.background is not None:
            self.scene.show_draft()
        self._show_services()
        self._show_count(able.max_count)
        if self.prompt.toPlainText() != draft.prompt:
            self.prompt.setPlainText(draft.prompt)
        style = self._desk.studio.catalogue.style(draft.style)
        adds = words.tr("%1 adds: %2").replace("%1", spoken(style.name))
        self._adds.setText(adds.replace("%2", style.adds))
        self._notes.setText("\n".join(map(spoken, self._desk.card.notes)))
        self.knobs.show_draft(draft, able, name)

    def _build_pictured(self) -> None:
        self._section(words.tr("Style"), self._style_cards(), 150)
        self.vary = button(words.tr("Several styles…"), self.several.emit, "quiet", "layout-grid")
        self.column.addWidget(self.vary, 0, Qt.AlignmentFlag.AlignLeft)
        self._section(words.tr("Shape"), self._ratio_cards(), 96)

    def _build_numbers(self) -> None:
        catalogue = self._desk.studio.catalogue
        largest = max(one.long_side for one in catalogue.qualities)
        self._build_count()
        self._section(words.tr("Quality"), self._quality_cards(largest), 190)
        self._build_services()

    def _left(self) -> tuple[str, ...]:
        """Return the qualities that are left with what is chosen."""
        able = self._desk.able
        worn = able.worn_qualities if self._desk.draft.models else None
        return able.qualities if worn is None else worn

    def _build_staging(self) -> None:
        self.staging = StagingPart(self._desk.photos, self._desk.edit)
        self.column.addWidget(self.staging)

    def _build_scene(self) -> None:
        self._scene_place = QVBoxLayout()
        self.column.addLayout(self._scene_place)

    def _build_rest(self) -> None:
        self.column.addWidget(label(words.tr("Anything special?"), "label"))
        self.prompt = WordsField(MAX_PROMPT)
        self.prompt.setPlaceholderText(words.tr("For example: warm morning light, linen ground"))
        self.prompt.setAccessibleName(words.tr("Your own words for the picture"))
        self.prompt.setFixedHeight(_WORDS_HEIGHT)
        self.prompt.textChanged.connect(lambda: self._desk.edit(prompt=self.prompt.toPlainText()))
        self._adds = label("", "faint", wrap=True)
        self.column.addWidget(self.prompt)
        self.column.addWidget(self._adds)
        fold = Fold(words.tr("Advanced"))
        self.knobs = Knobs(self._desk.edit)
        fold.body.addWidget(self.knobs)
        self.column.addWidget(fold)
        about = Fold(words.tr("What this service can and can't do"))
        self._notes = label("", "muted", wrap=True)
        about.body.addWidget(self._notes)
        self.column.addWidget(about)
        self.column.addStretch(1)

    def _section(self, title: str, cards: Iterable[ChoiceCard], cell: int) -> None:
        group = QButtonGroup(self)
        flow = FlowLayout(spacing=Space.M, fill=cell)
        for card in cards:
            group.addButton(card)
            flow.addWidget(card)
        self.column.addSpacing(Space.S)
        self.column.addWidget(label(title, "label"))
        self.column.addLayout(flow)

    def _style_cards(self) -> Iterable[ChoiceCard]:
        for style in self._desk.studio.catalogue.styles:
            card = pictured(spoken(style.name), "", 1.0)
            card.setToolTip(style.summary)
            card.setAccessibleName(f"{spoken(style.name)}. {spoken(style.summary)}")
            picture = resources() / "catalogue" / style.picture
            self._desk.photos.file(picture, _PICTURE_SIDE, card, card.set_picture)
            self.styles[style.id] = self._choosing(card, "style", style.id)
            yield card

    def _ratio_cards(self) -> Iterable[ChoiceCard]:
        for ratio in self._desk.studio.catalogue.ratios:
            card = shaped(spoken(ratio.name), ratio.id, ShapeView(ratio.width, ratio.height))
            card.setToolTip(spoken(ratio.use))
            card.setAccessibleName(f"{spoken(ratio.name)}, {ratio.id}. {spoken(ratio.use)}")
            self.ratios[ratio.id] = self._choosing(card, "ratio", ratio.id)
            yield card

    def _quality_cards(self, largest: int) -> Iterable[ChoiceCard]:
        for quality in self._desk.studio.catalogue.qualities:
            shape = ShapeView(1, 1, max(0.2, quality.long_side / largest))
            card = shaped(spoken(quality.name), spoken(quality.summary), shape)
            card.add_remark(words.tokens(quality.tokens))
            self.qualities[quality.id] = self._choosing(card, "quality", quality.id)
            yield card

    def _choosing(self, card: ChoiceCard, field: str, value: str) -> ChoiceCard:
        card.clicked.connect(lambda _checked=False: self._desk.edit(**{field: value}))
        return card

    def _build_count(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, Space.S, 0, 0)
        row.setSpacing(Space.M)
        row.addWidget(label(words.tr("Pictures of each"), "label"))
        self._counts = FlowLayout(spacing=0)
        self.count: Segments[int] | None = None
        row.addLayout(self._counts, 1)
        self.column.addLayout(row)

    def _show_count(self, most: int) -> None:
        most = max(1, min(MAX_COUNT, most))
        if self.count is None or self.count.property("most") != most:
            if self.count is not None:
                self._counts.removeWidget(self.count)
                self.count.deleteLater()
            choices = [(number, words.number(number), None) for number in range(1, most + 1)]
            self.count = Segments(choices, words.tr("Pictures of each"))
            self.count.setProperty("most", most)
            self.count.picked.connect(lambda number: self._desk.edit(count=number))
            self._counts.addWidget(self.count)
        self.count.set_value(self._desk.draft.count)

    def _build_services(self) -> None:
        self._offers: list[tuple[ServiceCard, ModelCard]] = []
        self._makers = QWidget()
        column = QVBoxLayout(self._makers)
        column.setContentsMargins(0, Space.S, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(label(words.tr("Made by"), "label"))
        self._cards = FlowLayout(spacing=Space.M, fill=240)
        column.addLayout(self._cards)
        self.column.addWidget(self._makers)
        self._lay_services()

    def _lay_services(self) -> None:
        """Lay a card for each model in use, anew only when these have changed."""
        cards = [provider.card for provider in self._desk.studio.providers.values()]
        offers = [(card, model) for card in cards for model in card.models]
        self._makers.setVisible(len(offers) >= _MANY_SERVICES)
        if offers == self._offers:
            return
        self._offers = offers
        self.services = {}
        emptied(self._cards)
        group = QButtonGroup(self._makers)
        for service, model in offers if len(offers) >= _MANY_SERVICES else ():
            many = len(service.models) > 1
            title = f"{service.name} · {spoken(model.name)}" if many else spoken(service.name)
            card = shaped(title, spoken(service.summary))
            card.clicked.connect(partial(self._on_service, service.id, model.id))
            self.services[(service.id, model.id)] = card
            group.addButton(card)
            self._cards.addWidget(card)

    def _on_service(self, provider: str, model: str, _checked: bool = False) -> None:
        self._desk.edit(provider=provider, model=model)

    def _show_services(self) -> None:
        self._lay_services()
        chosen = (self._desk.card.id, self._desk.model.id)
        refusals: dict[tuple[str, str | None], str] = {
            (service.id, model.id): model.refusal for service, model in self._offers
        }
        for place, card in self.services.items():
            known = self._desk.situation.readiness.get(place[0])
            out = "" if known is None or known.ready else spoken(known.sentence)
            card.refuse(spoken(refusals[place]) or out)
            card.setChecked(place == chosen)
