"""Carries what is selected out of the grid: copies of the files, and a picture at the pointer."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QEventLoop,
    QLocale,
    QMimeData,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    QUrl,
)
from PySide6.QtGui import QColor, QDrag, QFont, QGuiApplication, QImage, QPainter, QPixmap

from stylestudio_desktop.ui.theme import theme
from stylestudio_desktop.ui.tokens import Radius, Space, Type
from stylestudio_desktop.ui.widgets.grid.card import Parcel

if TYPE_CHECKING:
    from stylestudio_desktop.ui.widgets.grid.view import Grid

MOST = 200
"""Pictures that are carried; more are for the export, which shows how far it is."""

LOOK_MS = 15
"""Between two looks whether the copies are there, while the window goes on."""

_URLS = "text/uri-list"
_SIDE = 112
_BEHIND = 5
_BADGE = 22


class Carried(QMimeData):
    """Addresses of files that are still being written; asked for, they are waited for."""

    def __init__(self, parcel: Parcel) -> None:
        super().__init__()
        self._parcel = parcel

    def formats(self) -> list[str]:
        """Return what there is: files, and nothing else."""
        return [_URLS]

    def hasFormat(self, kind: str) -> bool:
        """Return whether files are what is asked about; they need not be there for that."""
        return kind == _URLS

    def retrieveData(self, kind: str, _form: object) -> Any:
        """Return the addresses of the copies."""
        if kind != _URLS:
            return None
        await_copies(self._parcel)
        return [QUrl.fromLocalFile(str(path)) for path in self._parcel.paths()]


def await_copies(parcel: Parcel) -> None:
    """Let the window go on until the copies are there; what is typed and clicked comes after.

    Many large pictures take seconds. Whoever drops them waits, but nothing else that the window
    does: what is made meanwhile still comes in, and it is painted.
    """
    if parcel.packed():
        return
    loop, timer = QEventLoop(), QTimer()
    timer.setInterval(LOOK_MS)
    timer.timeout.connect(lambda: loop.quit() if parcel.packed() else None)
    timer.start()
    QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    finally:
        QGuiApplication.restoreOverrideCursor()


def carry(grid: "Grid", index: int) -> None:
    """Drag the selection out of `grid`, with the picture `index` at the pointer, until it ends."""
    total = len(grid.contents.selection)
    ids = grid.selected_ids(MOST)
    if not ids:
        return
    parcel = grid.source.pack(ids)
    drag = QDrag(grid)
    drag.setMimeData(Carried(parcel))
    drag.setPixmap(_picture(grid, index, total))
    drag.setHotSpot(QPoint(_SIDE // 2, _SIDE // 2))
    taken = drag.exec(Qt.DropAction.CopyAction) != Qt.DropAction.IgnoreAction
    parcel.close(taken)
    if taken:
        await_copies(parcel)
        grid.carried.emit(len(ids), total, parcel.trouble())


def _picture(grid: "Grid", index: int, total: int) -> QPixmap:
    """Return what is drawn at the pointer: the thumbnail, others behind it, and how many."""
    card = grid.cards.get(grid.contents.ids[index])
    image = grid.thumbnails.get(card.storage_id) if card is not None else None
    scale = grid.devicePixelRatioF()
    made = QPixmap(QSize(_SIDE, _SIDE) * scale)
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = _shape(image)
    behind = theme().colour("line_strong")
    for step in range(min(total - 1, 2), 0, -1):
        _block(painter, area.translated(_BEHIND * step, _BEHIND * step), behind)
    if image is None:
        _block(painter, area, theme().colour("sunken"))
    else:
        painter.drawImage(area, image)
    if total > 1:
        _number(painter, area, grid.font(), total)
    painter.end()
    return made


def _shape(image: QImage | None) -> QRect:
    """Return where the picture lies, with room for those behind it."""
    room = _SIDE - 3 * _BEHIND
    shape = QSize(room, room)
    if image is not None and not image.isNull():
        shape = image.size().scaled(shape, Qt.AspectRatioMode.KeepAspectRatio)
    area = QRect(QPoint(0, 0), shape)
    area.moveCenter(QPoint(_SIDE // 2 - _BEHIND, _SIDE // 2 - _BEHIND))
    return area


def _block(painter: QPainter, area: QRect, colour: QColor) -> None:
    painter.setPen(theme().colour("window"))
    painter.setBrush(colour)
    painter.drawRect(area)


def _number(painter: QPainter, area: QRect, font: QFont, total: int) -> None:
    font = QFont(font)
    font.setPixelSize(Type.LABEL)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    words = QLocale().toString(total)
    width = max(_BADGE, painter.fontMetrics().horizontalAdvance(words) + 2 * Space.S)
    badge = QRect(0, 0, width, _BADGE)
    badge.moveCenter(area.bottomRight())
    badge.moveRight(min(badge.right(), _SIDE - 1))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("accent"))
    painter.drawRoundedRect(badge, Radius.PILL, Radius.PILL)
    painter.setPen(theme().colour("on_accent"))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
