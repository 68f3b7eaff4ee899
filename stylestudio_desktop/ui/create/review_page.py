"""The last step before paying: every choice, the whole prompt, and the price taken apart."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.files.scaling import Tier
from stylestudio_desktop.ui import staged
from stylestudio_desktop.ui.create import draft as drafts
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.desk import Desk
from stylestudio_desktop.ui.create.draft import Draft, Photo
from stylestudio_desktop.ui.create.page import Page
from stylestudio_desktop.ui.create.rows import Rows
from stylestudio_desktop.ui.create.tiles import PhotoView
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.boxes import emptied
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.labels import label

_SMALL = 88
_PHOTOS_AT_ONCE = 4
_MOST_PHOTOS = 20


class ReviewPage(Page):
    """Shows; changes nothing but a pair that does not fit into the product alone."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            words.tr("Ready?"),
            words.tr("You pay only for pictures that are saved on your disk."),
            parent,
        )
        self._desk = desk
        self._laid: tuple[Photo, ...] | None = None
        self._waiting: list[Photo] = []
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._lay_some)
        self._flow = FlowLayout(spacing=Space.S)
        self.column.addLayout(self._flow)
        columns = QHBoxLayout()
        columns.setSpacing(Space.M)
        self.choices, self.price = Rows(), Rows()
        for title, facts in (
            (words.tr("Your choices"), self.choices),
            (words.tr("What it costs"), self.price),
        ):
            card = Card()
            card.body.addWidget(label(title, "title"))
            card.body.addWidget(facts)
            card.body.addStretch(1)
            columns.addWidget(card, 1)
        self.column.addLayout(columns)
        self._doubts = Card()
        self._doubts.body.addWidget(label(words.tr("Before you pay"), "title"))
        self._doubt_words = label("", wrap=True)
        self._doubts.body.addWidget(self._doubt_words)
        self.alone = button(words.tr("Make a studio picture instead"), self._on_alone, icon="shirt")
        self._doubts.body.addWidget(self.alone, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self._doubts)
        self._build_prompt()
        self.column.addStretch(1)

    def _on_alone(self) -> None:
        self._desk.edit(models=())

    def show_desk(self) -> None:
        """Show the draft as it stands."""
        draft = self._desk.draft
        photos = draft.photos[:_MOST_PHOTOS]
        if photos != self._laid:
            self._lay(photos)
        able = self._desk.able
        brief = drafts.briefs(draft, able)[0] if draft.products else None
        self.choices.set_rows(self._choices(draft, brief))
        self.price.set_rows(self._price())
        doubts = self._desk.situation.doubts
        self._doubts.setVisible(bool(doubts))
        self._doubt_words.setText("\n".join(doubts))
        self.alone.setVisible(bool(draft.models) and not able.needs_model_photo)
        self._prompts.setVisible(brief is not None)
        if brief is not None:
            self.prompt.setText(self._desk.studio.catalogue.compose(brief))
            avoid = self._desk.studio.catalogue.avoid(brief) if able.negative_prompt else ""
            self._avoid.setVisible(bool(avoid))
            self._avoid.setText(words.tr("Kept out: %1").replace("%1", avoid))

    def _build_prompt(self) -> None:
        self._prompts = Card()
        self._prompts.body.addWidget(label(words.tr("The whole prompt"), "title"))
        self.prompt = label("", wrap=True)
        self._avoid = label("", "muted", wrap=True)
        for part in (self.prompt, self._avoid):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._prompts.body.addWidget(part)
        self.column.addWidget(self._prompts)

    def _lay(self, photos: tuple[Photo, ...]) -> None:
        """Show other photos, a few in each turn: all at once would be felt."""
        self._laid = photos
        self._waiting = list(photos)
        emptied(self._flow)
        self._later.start()

    def _lay_some(self) -> None:
        some, self._waiting = self._waiting[:_PHOTOS_AT_ONCE], self._waiting[_PHOTOS_AT_ONCE:]
        for photo in some:
            view = PhotoView()
            view.setFixedSize(_SMALL, _SMALL)
            view.setToolTip(photo.name)
            view.setAccessibleName(photo.name)
            self._flow.addWidget(view)
            self._desk.photos.thumbnail(photo.storage_id, Tier.SMALL, view, view.set_image)
        if self._waiting:
            self._later.start()

    def _choices(self, draft: Draft, brief: Brief | None) -> list[tuple[str, str]]:
        catalogue = self._desk.studio.catalogue
        able = self._desk.able
        rows = [
            (words.tr("Product"), words.products(draft)),
            (words.tr("Model"), words.people(draft)),
            (words.tr("Style"), spoken(catalogue.style(draft.style).name)),
            (words.tr("Quality"), spoken(catalogue.quality(draft.quality).name)),
            (words.tr("Shape"), words.size(draft, catalogue)),
            (words.tr("Made by"), spoken(self._desk.card.name)),
        ]
        if brief is not None:
            rows += staged.rows(brief.options)[0]
        kinds = {one.kind for one in draft.products} - {"auto"}
        if kinds:
            text = ", ".join(words.kind_name(kind) for kind in sorted(kinds))
            rows.insert(1, (words.tr("Kind"), text))
        if able.seed:
            seed = words.tr("By chance") if draft.seed is None else str(draft.seed)
            rows.append((words.tr("Seed"), seed))
        extras = (
            (able.strength, words.tr("Strength"), draft.strength),
            (able.guidance_scale, words.tr("Guidance"), draft.guidance_scale),
            (able.num_inference_steps, words.tr("Steps"), draft.steps),
        )
        rows += [(name, f"{value:g}") for has, name, value in extras if has and value is not None]
        return rows

    def _price(self) -> list[tuple[str, str]]:
        bill = self._desk.bill()
        rows = [
            (words.tr("Each picture"), words.tokens(bill.each)),
            (words.tr("Pictures"), words.number(bill.pictures)),
            (words.tr("Together"), words.tokens(bill.total)),
        ]
        if bill.balance is not None:
            rows.append((words.tr("Balance now"), words.tokens(bill.balance)))
        if bill.after is not None and not bill.short:
            rows.append((words.tr("Balance after"), words.tokens(bill.after)))
        billed = self._desk.model.bills.get(self._desk.draft.quality)
        if billed:
            rows.append((words.tr("The service bills, each"), billed))
        if bill.short:
            rows.append((words.tr("Missing"), words.tokens(bill.short)))
        time = words.duration(self._desk.expected_ms()) or words.tr("not known yet")
        rows.append((words.tr("Time"), time))
        return rows
