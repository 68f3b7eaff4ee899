"""One generation in the making, and what came of it: stages, pictures, or what helps."""

from collections.abc import Callable
from enum import Enum
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import Remedy
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.files.scaling import Tier
from stylestudio_desktop.services import attempts, steering
from stylestudio_desktop.services.history import Story
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.making import Progress
from stylestudio_desktop.ui.create.photos import Photos
from stylestudio_desktop.ui.create.tiles import PhotoView
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.theme import theme
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.boxes import emptied
from stylestudio_desktop.ui.widgets.buttons import Kind, button, tool
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.labels import StatusBadge, label, plain_tip
from stylestudio_desktop.ui.widgets.progress import ProgressRow

_NARROWEST, _WIDEST = 0.7, 1.6


class Ask(Enum):
    """What a card's buttons ask for."""

    CANCEL = "cancel"
    OPEN = "open"
    MORE = "more"
    RETRY = "retry"
    STORY = "story"
    PHOTOS = "photos"
    SERVICE = "service"
    INSTEAD = "instead"
    SETTINGS = "settings"
    TOKENS = "tokens"
    AGAIN = "again"
    LET_GO = "let_go"


class ResultPicture(PhotoView):
    """A picture that opens on a click, Enter or Space."""

    opened = Signal()

    def __init__(self, ratio: float, name: str, parent: QWidget | None = None) -> None:
        super().__init__(max(_NARROWEST, min(_WIDEST, ratio)), parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(words.tr("Open %1").replace("%1", name))
        self.setToolTip(words.tr("Open in the gallery"))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens."""
        if self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.opened.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, and a ring while it has the focus."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(theme().colour("accent"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


class ResultCard(Card):
    """`asked(verb)` tells what the user wants."""

    asked = Signal(object)

    def __init__(self, story: Story, photos: Photos, parent: QWidget | None = None) -> None:
        super().__init__(parent, margin=Space.M)
        self._photos = photos
        self._pictures = QGridLayout()
        self._pictures.setSpacing(Space.XS)
        self._badge = StatusBadge(wording.badge(story.generation.status))
        self._price = label("", "faint", wrap=True)  # the badge beside it keeps its whole word
        self._story = tool("info", words.tr("Show its whole story"), self._ask(Ask.STORY))
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self._badge)
        head.addWidget(self._price, 1)
        head.addWidget(self._story)
        self.name = label("", "muted", wrap=True)
        self.sentence = label("", "body", wrap=True)
        self.progress = ProgressRow()
        self.progress.cancelled.connect(self._ask(Ask.CANCEL))
        self._left = label("", "faint")
        self._buttons = QVBoxLayout()
        self._buttons.setSpacing(Space.XS)
        self.buttons: list[QPushButton] = []
        self.body.addLayout(self._pictures)
        self.body.addLayout(head)
        self.body.addWidget(self.name)
        self.body.addWidget(self.progress)
        self.body.addWidget(self._left)
        self.body.addWidget(self.sentence)
        self.body.addLayout(self._buttons)
        self._shown: tuple[object, ...] = ()
        self.show_story(story)

    def show_story(self, story: Story) -> None:
        """Show how the generation stands."""
        row = story.generation
        status = Status(row.status)
        opened = attempts.is_open(row)
        review = story.job.review if story.job is not None else None
        self._badge.set_status(wording.badge(row.status, review))
        cost = row.price if opened else row.tokens_used
        self._price.setText(words.tokens(cost) if cost else words.tr("Not charged"))
        self.name.setText(_name(story))
        self.setAccessibleName(f"{wording.badge(row.status, review).word}. {_name(story)}")
        self.progress.setVisible(opened and review is None)
        self._left.setVisible(opened and review is None)
        stopping = story.job is not None and bool(story.job.cancel_requested)
        self.progress.stop.setEnabled(not stopping)
        text = _sentence(story)
        self.sentence.setText(text)
        self.sentence.setVisible(bool(text))
        if status is Status.PENDING and opened:
            self.progress.set(0.0, words.tr("Waiting for its turn"))
        state = (row.status, review, stopping, tuple(one.id for one in story.results))
        if state != self._shown:
            self._shown = state
            self._lay_pictures(story)
            self._lay_buttons(story)

    def show_progress(self, story: Story, progress: Progress) -> None:
        """Show how far it is."""
        if story.job is not None and story.job.cancel_requested:
            self.progress.set(None, words.tr("Stopping"))
        elif story.generation.status != Status.PENDING.value:
            stage = spoken(progress.stage) or words.tr("Starting")
            left = words.remaining(progress.left)
            self.progress.set(progress.share, stage)
            self._left.setText(left)

    def _lay_pictures(self, story: Story) -> None:
        emptied(self._pictures)
        columns = 2 if len(story.results) > 1 else 1
        for position, one in enumerate(story.results):
            picture = ResultPicture(one.width / max(1, one.height), one.filename)
            picture.opened.connect(self._ask(Ask.OPEN))
            self._pictures.addWidget(picture, position // columns, position % columns)
            self._photos.thumbnail(one.storage_id, Tier.LARGE, picture, picture.set_image)
        if not story.results and story.inputs:
            width, _, height = story.generation.aspect_ratio.partition(":")
            ratio = int(width) / int(height) if width.isdigit() and height.isdigit() else 1.0
            photo = PhotoView(max(_NARROWEST, min(_WIDEST, ratio)))
            photo.set_faded(True)
            self._pictures.addWidget(photo, 0, 0)
            first = story.inputs[0]
            self._photos.thumbnail(first.storage_id, Tier.LARGE, photo, photo.set_image)

    def _lay_buttons(self, story: Story) -> None:
        emptied(self._buttons)
        self.buttons = []
        for position, (ask, text, icon) in enumerate(_offers(story)):
            kind: Kind = "primary" if position == 0 and ask in _FIRST else "normal"
            made = button(wording.clipped(text, _LONGEST), self._ask(ask), kind, icon)
            made.setAccessibleName(text)
            plain_tip(made, text if len(text) > _LONGEST else "")
            self.buttons.append(made)
            self._buttons.addWidget(made)

    def _ask(self, ask: Ask) -> Callable[[], None]:
        return partial(self.asked.emit, ask)


_LONGEST = 26
"""How many characters of a service's name and deed a card's button shows."""
_FIRST = {Ask.RETRY, Ask.AGAIN, Ask.TOKENS, Ask.PHOTOS, Ask.SERVICE, Ask.SETTINGS}


def _name(story: Story) -> str:
    names = [one.filename for one in story.inputs]
    style = spoken(story.generation.style.capitalize())
    return " · ".join([style, *names[:1]]) + (f" +{len(names) - 1}" if len(names) > 1 else "")


def _sentence(story: Story) -> str:
    row = story.generation
    if story.job is not None and story.job.review is not None:
        return words.tr(
            "Its outcome is not known: the service may have made and billed it. Run it again, or "
            "let it go and have your tokens back?"
        )
    if row.status == Status.FAILED.value:
        return spoken(row.error or "") or words.tr("It failed. Your tokens are back.")
    if row.status == Status.CANCELLED.value:
        return words.tr("You cancelled it. Your tokens are back.")
    return ""


def _offers(story: Story) -> list[tuple[Ask, str, str]]:
    """Return the buttons for a generation: what it asks, its text and icon; the best first."""
    row = story.generation
    more = (Ask.MORE, words.tr("Make more like this"), "sparkles")
    retry = (Ask.RETRY, words.tr("Retry"), "rotate-ccw")
    if story.job is not None and story.job.review is not None:
        return [
            (Ask.AGAIN, words.tr("Run it again"), "rotate-ccw"),
            (Ask.LET_GO, words.tr("Let it go"), "undo-2"),
        ]
    if row.status == Status.COMPLETED.value:
        return [(Ask.OPEN, words.tr("Open"), "maximize"), more]
    if row.status == Status.CANCELLED.value:
        return [more]
    if row.status != Status.FAILED.value:
        return []
    remedies = {
        Remedy.TOP_UP: (Ask.TOKENS, words.tr("Get tokens"), "coins"),
        Remedy.OPEN_SETTINGS: (Ask.SETTINGS, words.tr("Open the settings"), "settings"),
        Remedy.FREE_SPACE: (Ask.SETTINGS, words.tr("See the storage"), "hard-drive"),
        Remedy.CHANGE_PROVIDER: (Ask.SERVICE, words.tr("Choose another service"), "cloud"),
        Remedy.CHANGE_INPUT: (Ask.PHOTOS, words.tr("Change the photos"), "image-plus"),
    }
    if story.instead:
        text = wording.instead(story.instead[0].provider, story.instead[0].name)
        other = (Ask.SERVICE, words.tr("Choose another service"), "cloud")
        return [(Ask.INSTEAD, text, "cloud"), retry, other]
    helps = remedies.get(steering.REMEDIES.get(row.error_code or "", Remedy.RETRY))
    return [retry, more] if helps is None else [helps, retry]
