"""The second step: nobody, or the person who wears the product."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.records import StoredFile
from stylestudio_desktop.files.scaling import Tier
from stylestudio_desktop.services import library, sources
from stylestudio_desktop.services.sources import Sample
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.create import draft as drafts
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.desk import Desk, as_photo
from stylestudio_desktop.ui.create.draft import Photo
from stylestudio_desktop.ui.create.page import Page
from stylestudio_desktop.ui.create.shapes import SignView, pictured, shaped
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.theme import set_label_icon
from stylestudio_desktop.ui.tokens import Size, Space
from stylestudio_desktop.ui.widgets.boxes import emptied
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.cards import Card, ChoiceCard
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.labels import label

_RECENT = 8
_FEW = 4
_SAMPLE_SIDE = 400
_RATIO = 3 / 4
_CELL = 148


class ModelPage(Page):
    """`browse` and `gallery` ask for photos; `sample_picked(sample)` for one of our people."""

    browse = Signal()
    gallery = Signal()
    sample_picked = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            words.tr("Who wears it?"),
            words.tr("Nobody is fine: the product is then shown by itself."),
            parent,
        )
        self._desk = desk
        self._recent: list[Photo] = []
        self._laid: tuple[Photo, ...] | None = None
        self._asked = False
        self.cards: dict[int, ChoiceCard] = {}
        self.samples: list[ChoiceCard] = []
        self._ours = sources.samples(Category.MODEL)
        self._build()

    def first_field(self) -> QWidget | None:
        """The choice of nobody."""
        return self.nobody

    def look_for_people(self) -> None:
        """Read which photos of people are in the library."""

        def take(found: list[StoredFile]) -> None:
            self._asked = True
            self._recent = [as_photo(sources.as_card(row)) for row in found]
            self._laid = None
            self.show_desk()

        wanted = FileFilter(category=Category.MODEL.value)
        studio = self._desk.studio
        self._desk.run(lambda: library.listing(studio, wanted, limit=_RECENT).items, take)

    def show_desk(self) -> None:
        """Show who is chosen, and what the service thinks of the photos."""
        draft, able = self._desk.draft, self._desk.able
        known = {one.id for one in self._recent}
        offered = (*[one for one in draft.models if one.id not in known], *self._recent)
        if offered != self._laid:
            self._lay(offered)
        chosen = {one.id for one in draft.models}
        self.nobody.setChecked(not chosen)
        for file_id, card in self.cards.items():
            card.setChecked(file_id in chosen)
        name = spoken(self._desk.card.name)
        most = able.max_models
        if most:
            self._limit.setText(words.tr("%1 takes %n photo(s).", most).replace("%1", name))
        else:
            self._limit.setText(words.tr("%1 makes no pictures of people.").replace("%1", name))
        self.nobody.refuse(
            words.tr("This service needs a person.") if able.needs_model_photo else ""
        )
        doubts = self._desk.situation.doubts
        self._doubts.setVisible(bool(doubts))
        self._doubt_words.setText("\n".join(doubts))

    def _build(self) -> None:
        self._doubts = Card(margin=Space.M)
        row = QHBoxLayout()
        sign = QLabel()
        set_label_icon(sign, "triangle-alert", "warning", Size.ICON)
        self._doubt_words = label("", wrap=True)
        row.addWidget(sign)
        row.addWidget(self._doubt_words, 1)
        self._doubts.body.addWidget(label(words.tr("Before you pay"), "label"))
        self._doubts.body.addLayout(row)
        self.column.addWidget(self._doubts)
        self._flow = FlowLayout(spacing=Space.M)
        self.nobody = shaped(
            words.tr("No person"), words.tr("Product alone"), SignView("shirt", _RATIO)
        )
        self.nobody.setFixedWidth(_CELL)
        self.nobody.clicked.connect(lambda _checked=False: self._on_nobody())
        self._flow.addWidget(self.nobody)
        self.column.addLayout(self._flow)
        ways = QHBoxLayout()
        ways.addWidget(button(words.tr("Add a photo…"), self.browse.emit, icon="plus"))
        ways.addWidget(button(words.tr("From the gallery"), self.gallery.emit, icon="images"))
        self._limit = label("", "faint")
        ways.addWidget(self._limit)
        ways.addStretch(1)
        self.column.addLayout(ways)
        hint = words.tr(
            "Best: the whole person, standing, facing the camera, arms a little away from the body."
        )
        self.column.addWidget(label(hint, "faint", wrap=True))
        self.column.addStretch(1)

    def _lay(self, offered: tuple[Photo, ...]) -> None:
        self._laid = offered
        self._flow.removeWidget(self.nobody)
        emptied(self._flow)
        self._flow.addWidget(self.nobody)
        self.cards, self.samples = {}, []
        titles = {sample.sha256: spoken(sample.title) for sample in self._ours}
        for photo in offered:
            ours = photo.storage_id in titles
            name = titles.get(photo.storage_id, photo.name)
            below = words.tr("Sample person") if ours else ""
            card = pictured(wording.clipped(name, 20), below, _RATIO)
            card.setToolTip(name)
            card.setFixedWidth(_CELL)
            card.clicked.connect(partial(self._on_person, photo))
            self.cards[photo.id] = card
            self._flow.addWidget(card)
            self._desk.photos.thumbnail(photo.storage_id, Tier.LARGE, card, card.set_picture)
        if self._asked and len(offered) < _FEW:
            self._lay_samples({photo.storage_id for photo in offered})

    def _lay_samples(self, known: set[str]) -> None:
        for sample in self._ours:
            if sample.sha256 in known:
                continue
            title = spoken(sample.title)
            card = pictured(wording.clipped(title, 20), words.tr("Sample person"), _RATIO)
            card.setToolTip(title)
            card.setCheckable(False)
            card.setFixedWidth(_CELL)
            card.clicked.connect(partial(self._on_sample, sample))
            self._desk.photos.file(sample.path, _SAMPLE_SIDE, card, card.set_picture)
            self.samples.append(card)
            self._flow.addWidget(card)

    def _on_nobody(self) -> None:
        self._desk.edit(models=())
        self.show_desk()

    def _on_person(self, photo: Photo, _checked: bool = False) -> None:
        most = max(1, self._desk.able.max_models)
        self._desk.edit(models=drafts.toggled(self._desk.draft.models, photo, most))
        self.show_desk()

    def _on_sample(self, sample: Sample, _checked: bool = False) -> None:
        self.sample_picked.emit(sample)
