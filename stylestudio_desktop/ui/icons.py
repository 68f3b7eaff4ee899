"""One icon family, drawn from outlines in the theme's colours and kept once drawn."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.ui.tokens import Size


@lru_cache(maxsize=256)
def _outline(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def image(
    name: str, colour: str, side: int = Size.ICON, scale: float = 1.0, pad: int = 0
) -> QImage:
    """Return icon `name` in `colour` (`#rrggbb`), `side` device-independent pixels square.

    `scale` is the screen's device pixel ratio; the outline is drawn at that size, so it stays
    sharp at any scaling. `pad` is left free between it and a text: at the right, or at the left
    where it is negative. Raises FileNotFoundError for a name that does not ship.
    """
    pixels = max(1, round(side * scale))
    wide = max(1, round((side + abs(pad)) * scale))
    picture = QImage(wide, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    data = _outline(name).replace("currentColor", colour).encode()
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(data)).render(
        painter, QRectF(max(0, wide - pixels) if pad < 0 else 0, 0, pixels, pixels)
    )
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture


def pixmap(
    name: str, colour: str, side: int = Size.ICON, scale: float = 1.0, pad: int = 0
) -> QPixmap:
    """Return the icon as a pixmap for a label."""
    return QPixmap.fromImage(image(name, colour, side, scale, pad))


def icon(
    name: str,
    colour: str,
    on: str | None = None,
    faint: str | None = None,
    side: int = Size.ICON,
    pad: int = 0,
) -> QIcon:
    """Return a QIcon in `colour`, in `on` where checked and in `faint` where disabled."""
    result = QIcon()
    for scale in _scales():
        result.addPixmap(pixmap(name, colour, side, scale, pad))
        if on is not None:
            drawn = pixmap(name, on, side, scale, pad)
            result.addPixmap(drawn, QIcon.Mode.Normal, QIcon.State.On)
        if faint is not None:
            result.addPixmap(pixmap(name, faint, side, scale, pad), QIcon.Mode.Disabled)
    return result


def _scales() -> tuple[float, ...]:
    """Return the pixel ratios that are on show: one outline is drawn for each."""
    ratios = {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}
    return tuple(sorted(ratios))


def size(side: int = Size.ICON, pad: int = 0) -> QSize:
    """Return the size to give to `setIconSize`."""
    return QSize(side + abs(pad), side)
