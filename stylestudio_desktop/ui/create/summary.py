"""The panel at the right: what is chosen, what it costs and takes, and the button that starts."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QPushButton, QWidget

from stylestudio_desktop.files.scaling import Tier
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.desk import Desk
from stylestudio_desktop.ui.create.draft import Bill, Photo, Step
from stylestudio_desktop.ui.create.rows import Rows
from stylestudio_desktop.ui.create.tiles import PhotoView
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.theme import restyle
from stylestudio_desktop.ui.tokens import Size, Space
from stylestudio_desktop.ui.widgets.boxes import emptied
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.labels import label, rule
from stylestudio_desktop.ui.widgets.side_panel import SidePanel

_SMALL = 48
_MOST_PHOTOS = 10
_BIG_BUTTON = 40
_ANY_WIDTH = (1 << 24) - 1  # Qt's own bound
_MIDDLE = Qt.TextElideMode.ElideMiddle


class Summary(SidePanel):
    """`step_asked(step)`, `generate_asked()` and `tokens_asked()` tell what the user wants."""

    step_asked = Signal(object)
    generate_asked = Signal()
    tokens_asked = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(words.tr("Summary"), parent, closable=False)
        self._desk = desk
        self._brief = False
        self._laid: tuple[Photo, ...] | None = None
        self._photos = FlowLayout(spacing=Space.S)
        self.body.addLayout(self._photos)
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(Space.S)
        self._rows.setVerticalSpacing(Space.XS)
        self._rows.setColumnStretch(1, 1)
        self._values: dict[str, QPushButton] = {}
        self.body.addLayout(self._rows)
        self.body.addWidget(rule())
        self.price = Rows()
        self.body.addWidget(self.price)
        self.body.addStretch(1)
        self.total = label("", "heading")
        self.remark = label("", "faint", wrap=True)
        self.go = button("", self._on_go, "primary", "sparkles")
        self.go.setMinimumHeight(_BIG_BUTTON)
        self.foot.setSpacing(Space.S)
        for part in (self.total, self.remark, self.go):
            self.foot.addWidget(part)

    def show_desk(self) -> None:
        """Show the draft as it stands."""
        draft, catalogue = self._desk.draft, self._desk.studio.catalogue
        style = spoken(catalogue.style(draft.style).name)
        quality = spoken(catalogue.quality(draft.quality).name)
        photos = draft.photos[:_MOST_PHOTOS]
        if photos != self._laid:
            self._lay(photos)
        rows = (
            ("product", words.tr("Product"), words.products(draft), Step.PRODUCT),
            ("model", words.tr("Model"), words.people(draft), Step.MODEL),
            ("style", words.tr("Style"), style, Step.LOOK),
            ("quality", words.tr("Quality"), quality, Step.LOOK),
            ("shape", words.tr("Shape"), words.size(draft, catalogue), Step.LOOK),
            ("count", words.tr("Pictures"), words.number(self._desk.bill().pictures), Step.LOOK),
        )
        for key, name, value, step in rows:
            self._row(key, name, value, step)
        bill = self._desk.bill()
        self._show_price(bill)
        self._show_button(bill)

    def set_brief(self, brief: bool) -> None:
        """Show the price and the button alone, in one line as wide as there is room."""
        if brief != self._brief:
            self._brief = brief
            for part in (self._title, self._scroll):
                part.setVisible(not brief)
            self.setMinimumWidth(0 if brief else Size.SIDE_PANEL)
            self.setMaximumWidth(_ANY_WIDTH if brief else Size.SIDE_PANEL)
            way = QBoxLayout.Direction
            self.foot.setDirection(way.LeftToRight if brief else way.TopToBottom)
            self.foot.setStretchFactor(self.remark, int(brief))
            self.foot.setContentsMargins(Space.L, Space.S, Space.L, Space.S if brief else Space.L)

    def _row(self, key: str, name: str, value: str, step: Step) -> None:
        found = self._values.get(key)
        if found is None:
            found = button("", partial(self.step_asked.emit, step), "quiet")
            found.setStyleSheet("text-align: left;")
            found.setMinimumWidth(1)
            place = len(self._values)
            self._rows.addWidget(label(name, "label"), place, 0)
            self._rows.addWidget(found, place, 1)
            self._values[key] = found
        room = Size.SIDE_PANEL - 2 * Space.L - 84
        middle = found.fontMetrics().elidedText(value, _MIDDLE, room)
        found.setText(middle)
        found.setToolTip(value if middle != value else "")
        found.setAccessibleName(words.tr("%1: %2. Change").replace("%1", name).replace("%2", value))

    def _show_price(self, bill: Bill) -> None:
        rows = [(words.tr("Each picture"), words.tokens(bill.each))]
        if bill.balance is not None:
            after = bill.after if bill.after is not None and not bill.short else None
            now = words.number(bill.balance)
            text = now if after is None else f"{now} → {words.number(after)}"
            rows.append((words.tr("Balance"), words.tr("%1 tokens").replace("%1", text)))
        time = words.duration(self._desk.expected_ms())
        rows.append((words.tr("Time"), time or words.tr("known after the first picture")))
        self.price.set_rows(rows)
        self.total.setText(words.tokens(bill.total))

    def _show_button(self, bill: Bill) -> None:
        problems = self._desk.problems()
        name = spoken(self._desk.card.name)
        starting = self._desk.situation.starting
        doubts = self._desk.situation.doubts
        role = "faint"
        if problems:
            remark = words.sentence(problems[0], name)
        elif bill.short:
            role = "bad"
            remark = words.tr("Missing: %n token(s). Your choices stay here.", bill.short)
        elif doubts:
            remark, role = words.tr("Careful: %1").replace("%1", doubts[0]), "muted"
        else:
            remark = words.tr("You pay only for pictures that are saved on your disk.")
        self.remark.setText(remark)
        if self.remark.property("role") != role:
            self.remark.setProperty("role", role)
            restyle(self.remark)
        if bill.short and not problems:
            self.go.setText(words.tr("Get tokens"))
            self.go.setEnabled(True)
        else:
            made = words.tr("Generate %1 · %2").replace("%1", words.pictures(bill.pictures))
            self.go.setText(made.replace("%2", words.tokens(bill.total)))
            self.go.setEnabled(not problems and not starting)
        self.go.setToolTip(words.tr("Ctrl+Enter"))
        self.go.setAccessibleDescription(remark)

    def _on_go(self) -> None:
        if self._desk.bill().short and not self._desk.problems():
            self.tokens_asked.emit()
        else:
            self.generate_asked.emit()

    def _lay(self, photos: tuple[Photo, ...]) -> None:
        self._laid = photos
        emptied(self._photos)
        for photo in photos:
            view = PhotoView()
            view.setFixedSize(_SMALL, _SMALL)
            view.setToolTip(photo.name)
            self._photos.addWidget(view)
            self._desk.photos.thumbnail(photo.storage_id, Tier.SMALL, view, view.set_image)
