"""The pieces of a generation's story: pictures to press, steps in time, movements of tokens."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QVBoxLayout, QWidget

from stylestudio_desktop.domain.records import StateChange, TokenEntry
from stylestudio_desktop.services.history import Story
from stylestudio_desktop.ui import staged, wording
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.theme import dress, theme
from stylestudio_desktop.ui.tokens import Radius, Space
from stylestudio_desktop.ui.wallet.words import movement
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.labels import StatusBadge, label

translate = QCoreApplication.translate


class PictureButton(QAbstractButton):
    """A picture, cropped to a square, that can be pressed or reached by Tab."""

    def __init__(
        self,
        image: QImage | None,
        name: str,
        side: int,
        pressed: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._image = image
        self._side = side
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda _checked=False: pressed())
        dress(self, self.update)

    def sizeHint(self) -> QSize:
        """Return the square's size."""
        return QSize(self._side, self._side)

    def minimumSizeHint(self) -> QSize:
        """It is never squeezed."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture, and a ring while it has the focus."""
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        path = QPainterPath()
        path.addRoundedRect(area, Radius.M, Radius.M)
        painter.fillPath(path, theme().colour("sunken"))
        if self._image is not None:
            crop = min(self._image.width(), self._image.height())
            left, top = (self._image.width() - crop) / 2, (self._image.height() - crop) / 2
            painter.setClipPath(path)
            painter.drawImage(area, self._image, QRectF(left, top, crop, crop))
            painter.setClipping(False)
        tone = "accent" if self.hasFocus() or self.underMouse() else "line"
        painter.setPen(QPen(theme().colour(tone), 2 if self.hasFocus() else 1))
        painter.drawPath(path)


def section(name: str, inside: QWidget) -> QWidget:
    """Return `inside` under a small heading."""
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(Space.S)
    layout.addWidget(label(name, "label"))
    layout.addWidget(inside)
    return made


def pictures(
    found: Sequence[tuple[str, str]],
    images: Mapping[str, QImage],
    side: int,
    pressed: Callable[[int], object],
) -> QWidget:
    """Return buttons for (storage id, name) pairs; `pressed` gets the position."""
    made = QWidget()
    layout = FlowLayout(made, Space.S)
    for position, (storage_id, name) in enumerate(found):
        press = partial(pressed, position)
        layout.addWidget(PictureButton(images.get(storage_id), name, side, press))
    return made


def states(changes: Sequence[StateChange]) -> QWidget:
    """Return every state with its time and how long it lasted, oldest first."""
    made = QWidget()
    layout = QGridLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setVerticalSpacing(Space.XS)
    layout.setHorizontalSpacing(Space.S)
    layout.setColumnStretch(1, 1)
    attempt = 0
    row = 0
    for place, change in enumerate(changes):
        if change.attempt != attempt:
            attempt = change.attempt
            words = translate("Story", "Try %1").replace("%1", str(attempt + 1))
            layout.addWidget(label(words, "faint"), row, 0, 1, 3)
            row += 1
        layout.addWidget(StatusBadge(wording.badge(change.status)), row, 0)
        layout.addWidget(label(wording.moment(change.at), "faint"), row, 1)
        after = changes[place + 1] if place + 1 < len(changes) else None
        if after is not None and after.attempt == change.attempt:
            layout.addWidget(label(wording.length(after.at - change.at), "faint"), row, 2)
        row += 1
    return made


def entries(found: Sequence[TokenEntry]) -> QWidget:
    """Return every movement of tokens, oldest first, with the balance after it."""
    made = QWidget()
    layout = QGridLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setVerticalSpacing(Space.XS)
    layout.setHorizontalSpacing(Space.M)
    layout.setColumnStretch(0, 1)
    for column, name in ((1, translate("Story", "Tokens")), (2, translate("Story", "Balance"))):
        head = label(name, "faint")
        layout.addWidget(head, 0, column, Qt.AlignmentFlag.AlignRight)
    for row, entry in enumerate(found, start=1):
        told = movement(entry)
        words = label(told.text, wrap=True)
        words.setToolTip(wording.moment(entry.created_at))
        layout.addWidget(words, row, 0)
        layout.addWidget(label(told.change, "body"), row, 1, Qt.AlignmentFlag.AlignRight)
        left = label(wording.count(entry.balance_after), "muted")
        layout.addWidget(left, row, 2, Qt.AlignmentFlag.AlignRight)
    return made


def notice(text: str, offers: Sequence[tuple[str, Callable[[], object]]]) -> QWidget:
    """Return a card that says something and offers what helps; the first offer is primary."""
    made = Card(margin=Space.M)
    made.body.addWidget(label(text, wrap=True))
    if offers:
        row = FlowLayout()
        for place, (words, run) in enumerate(offers):
            row.addWidget(button(words, run, "primary" if place == 0 else "normal"))
        made.body.addLayout(row)
    return made


def sent(story: Story) -> list[tuple[str, str]]:
    """Return what left this computer: to whom, when, each photo as it was, what was left out."""
    rows = []
    for one in story.sendings:
        photos, dropped = json.loads(one.photos), json.loads(one.dropped)
        if photos:
            rows.append((translate("Story", "Sent to"), one.provider))
            rows.append((translate("Story", "Sent on"), wording.moment(one.sent_at)))
        for photo in photos:
            size = f"{photo['width']} × {photo['height']}, {wording.size(photo['size'])}"
            rows.append((translate("Story", "Photo"), f"{size}\nSHA-256 {photo['sha256']}"))
        if dropped:
            rows.append((translate("Story", "The model has no"), ", ".join(dropped)))
    return rows


def _listed(options: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in options.items())


def facts(story: Story, service: str) -> list[tuple[str, str]]:
    """Return what was asked for, beside words and photos, as names and values."""
    row = story.generation
    rows = [
        (translate("Story", "Style"), spoken(row.style.capitalize())),
        (translate("Story", "Quality"), spoken(row.quality.capitalize())),
        (translate("Story", "Ratio"), row.aspect_ratio),
        (translate("Story", "Pictures"), wording.count(row.pictures)),
        (translate("Story", "Service"), service),
    ]
    item = story.item
    optional = (
        (translate("Story", "SKU"), item.sku or None if item else None),
        (translate("Story", "Name"), item.name or None if item else None),
        (translate("Story", "Line of the table"), item.line if item else None),
        (translate("Story", "Model"), row.model),
        (translate("Story", "Seed"), row.seed),
        (translate("Story", "Strength"), row.strength),
        (translate("Story", "Guidance"), row.guidance_scale),
        (translate("Story", "Steps"), row.num_inference_steps),
        (translate("Story", "Job at the service"), row.remote_id),
    )
    rows += [(name, str(value)) for name, value in optional if value is not None]
    said, others = staged.rows(json.loads(row.options or "{}"))
    rows += said
    if others:
        rows.append((translate("Story", "Options"), _listed(others)))
    for one in story.results[:1]:
        honest = wording.honest(str(json.loads(one.facts).get("mode", "")))
        if honest:
            rows.append((translate("Story", "How"), honest))
    if row.processing_time_ms is not None:
        rows.append((translate("Story", "Took"), wording.length(row.processing_time_ms)))
    return rows
