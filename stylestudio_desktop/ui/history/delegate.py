"""Paints the rows of the history: picture and prompt, state with progress, and plain facts."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPainterPath
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from stylestudio_desktop.services.history import HistoryRow
from stylestudio_desktop.ui import icons, wording
from stylestudio_desktop.ui.history.model import PROMPT, STATUS, TOKENS, TOOK, HistoryModel
from stylestudio_desktop.ui.history.queue_rows import batch_words
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.theme import theme
from stylestudio_desktop.ui.tokens import Radius, Size, Space, Type
from stylestudio_desktop.ui.widgets.grid.thumbnails import Thumbnails
from stylestudio_desktop.ui.widgets.labels import Status, paint_status

ROW = 60
PICTURE = ROW - Space.M
_BAR = 3
_VCENTRE = Qt.AlignmentFlag.AlignVCenter


class HistoryDelegate(QStyledItemDelegate):
    """Draws from the model's rows themselves, so that a frame costs no detour per cell."""

    def __init__(self, model: HistoryModel, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._thumbnails = thumbnails
        self._body = QFont(parent.font())
        self._body.setPixelSize(Type.BODY)
        self._small = QFont(self._body)
        self._small.setPixelSize(Type.LABEL)
        self._medium = QFont(self._body)
        self._medium.setWeight(QFont.Weight.Medium)
        self._look = theme()
        # Measuring needs no new object per cell: a frame holds hundreds of them.
        fonts = (self._body, self._small, self._medium)
        self._metrics = {id(font): QFontMetrics(font) for font in fonts}

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All rows are of one height."""
        return QSize(Size.CONTROL, ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one cell."""
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        look = self._look
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            painter.fillRect(area, look.colour("accent_soft" if chosen else "hover"))
        painter.setPen(look.colour("line"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        row = self._model.at(index.row())
        inner = area.adjusted(Space.S, 0, -Space.S, -1)
        if row is None:
            self._paint_coming(painter, inner, index.column())
        elif index.column() == PROMPT:
            self._paint_prompt(painter, inner, row)
        elif index.column() == STATUS:
            self._paint_state(painter, inner, row, option)
        else:
            self._paint_fact(painter, inner, row, index.column())

    def _paint_coming(self, painter: QPainter, area: QRect, column: int) -> None:
        ground = self._look.colour("sunken")
        if column == PROMPT:
            self._rounded(painter, QRect(area.left(), area.top() + 6, PICTURE, PICTURE))
            area = area.adjusted(PICTURE + Space.M, 0, 0, 0)
        width = min(area.width(), 220 if column == PROMPT else Space.HUGE)
        painter.fillRect(QRect(area.left(), area.center().y() - 4, width, Space.S), ground)

    def _paint_prompt(self, painter: QPainter, area: QRect, row: HistoryRow) -> None:
        frame = QRect(area.left(), area.top() + (area.height() - PICTURE) // 2, PICTURE, PICTURE)
        image = self._thumbnails.get(row.thumbnail) if row.thumbnail else None
        self._rounded(painter, frame)
        if image is None:
            side = Size.ICON
            drawn = icons.image("image", self._look.palette.text_faint, side, 2.0)
            corner = frame.center()
            painter.drawImage(QRect(corner.x() - 9, corner.y() - 9, side, side), drawn)
        else:
            painter.save()
            clip = QPainterPath()
            clip.addRoundedRect(QRectF(frame), Radius.S, Radius.S)
            painter.setRenderHints(
                QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
            )
            painter.setClipPath(clip)
            crop = min(image.width(), image.height())
            source = QRect((image.width() - crop) // 2, (image.height() - crop) // 2, crop, crop)
            painter.drawImage(frame, image, source)
            painter.restore()
        words = area.adjusted(PICTURE + Space.M, Space.S + 2, 0, -Space.S - 2)
        self._paint_two_lines(painter, words, row)

    def _paint_two_lines(self, painter: QPainter, area: QRect, row: HistoryRow) -> None:
        card = row.card
        text = " ".join(self._model.words(row, PROMPT).split())
        top = QRect(area.left(), area.top(), area.width(), area.height() // 2)
        below = top.translated(0, area.height() // 2)
        named = bool(card.prompt or row.products)
        tone = "text" if named else "text_muted"
        self._text(painter, top, text, self._medium if named else self._body, tone)
        if card.error and card.status == "failed":
            self._text(painter, below, wording.clipped(spoken(card.error), 200), self._small, "bad")
            return
        if row.batch is not None:
            why = f" · {spoken(card.error)}" if card.error else ""
            said = wording.clipped(batch_words(row.batch) + why, 200)
            self._text(painter, below, said, self._small, "text_faint")
            return
        pictures = self.tr("%n picture(s)", "", card.pictures)
        facts = f"{pictures} · {spoken(card.quality.capitalize())} · {card.aspect_ratio}"
        self._text(painter, below, facts, self._small, "text_faint")

    def _paint_state(
        self, painter: QPainter, area: QRect, row: HistoryRow, option: QStyleOptionViewItem
    ) -> None:
        review = row.job.review if row.job is not None else None
        status = wording.badge(row.card.status, review)
        running = row.job is not None and bool(row.job.stage) and review is None
        under_way = row.batch is not None and not row.batch.over
        middle = area.center().y() - (8 if running or under_way else 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self._pill_width(status)
        pill = QRectF(area.left(), middle - 12, min(width, area.width()), Space.XL)
        widget: QWidget = option.widget
        paint_status(painter, pill, status, widget.devicePixelRatioF())
        painter.restore()
        if running and row.job is not None:
            self._paint_progress(painter, area, spoken(row.job.stage), row.job.progress)
        elif under_way and row.batch is not None:
            done = f"{wording.count(row.batch.ended)} / {wording.count(row.batch.batch.total)}"
            self._paint_progress(painter, area, done, row.batch.share)

    def _paint_progress(
        self, painter: QPainter, area: QRect, stage: str, share: float | None
    ) -> None:
        look = self._look
        words = QRect(area.left(), area.bottom() - 20, area.width(), 14)
        if share is not None:
            percent = wording.percent(share)
            self._text(painter, words, percent, self._small, "text", Qt.AlignmentFlag.AlignRight)
            words = words.adjusted(0, 0, -Space.XXL - Space.XS, 0)
        self._text(painter, words, stage, self._small, "text_muted")
        track = QRect(area.left(), area.bottom() - 4, area.width(), _BAR)
        painter.fillRect(track, look.colour("sunken"))
        if share is not None:
            done = round(track.width() * max(0.0, min(1.0, share)))
            painter.fillRect(QRect(track.left(), track.top(), done, _BAR), look.colour("accent"))

    def _paint_fact(self, painter: QPainter, area: QRect, row: HistoryRow, column: int) -> None:
        side = Qt.AlignmentFlag.AlignRight if column in (TOKENS, TOOK) else None
        tone = "text" if column == TOKENS else "text_muted"
        self._text(painter, area, self._model.words(row, column), self._body, tone, side)

    def _text(
        self,
        painter: QPainter,
        area: QRect,
        text: str,
        font: QFont,
        tone: str,
        side: Qt.AlignmentFlag | None = None,
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._look.colour(tone))
        metrics = self._metrics[id(font)]
        fitted = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, (side or Qt.AlignmentFlag.AlignLeft) | _VCENTRE, fitted)

    def _pill_width(self, status: Status) -> int:
        font = QFont(self._small)
        font.setWeight(QFont.Weight.Medium)
        words = QFontMetrics(font).horizontalAdvance(status.word)
        return words + Size.ICON_SMALL + 2 * Space.S + Space.XS

    def _rounded(self, painter: QPainter, frame: QRect) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("sunken"))
        painter.drawRoundedRect(frame, Radius.S, Radius.S)
        painter.restore()
