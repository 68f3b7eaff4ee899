"""One icon family, drawn from outlines in the theme's colours and kept once drawn."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.ui.tokens import Size


def _outline(name: str) -> bytes:
    drawing = (resources() / "icons" / f"{name}.svg").read_bytes()
    return drawing.replace(b"currentColor", b"#000000")


@lru_cache(maxsize=1024)
def image(
    name: str, colour: str, side: int = Size.ICON, scale: float = 1.0, pad: int = 0
) -> QImage:
    """Return icon `name` in `colour` (`#rrggbb`), `side` device-independent pixels square.

    `scale` is the screen's device pixel ratio; the outline is drawn at that size, so it stays
    sharp at any scaling. `pad` is left free between it and a text: at the right, or at the left
    where it is negative. Raises FileNotFoundError for a name that does not ship.
    """
    outline = _drawn(name, side, scale, pad)
    picture = outline.copy()
    picture.fill(QColor(colour))
    # Not fillRect: its gradients would be another five types that PySide builds at every start.
    painter = QPainter(picture)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawImage(QPointF(0, 0), outline)
    painter.end()
    return picture


@lru_cache(maxsize=512)
def _drawn(name: str, side: int, scale: float, pad: int) -> QImage:
    """Return the outline in black: a button shows it in three tones, which are dyed, not drawn."""
    outline = QSvgRenderer(QByteArray(_outline(name)))
    pixels = max(1, round(side * scale))
    wide = max(1, round((side + abs(pad)) * scale))
    picture = QImage(wide, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left = max(0, wide - pixels) if pad < 0 else 0
    outline.render(painter, QRectF(left, 0, pixels, pixels))
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
