"""Dresses the application, follows the system between light and dark, and tells who repaints."""

from collections.abc import Callable
from enum import Enum
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget
from shiboken6 import isValid

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.ui import icons
from stylestudio_desktop.ui.stylesheet import build
from stylestudio_desktop.ui.tokens import DARK, LIGHT, Palette, Size, Space, Type

_ICON = "iconName"
_FACES = ("Regular", "Medium", "SemiBold")


class Appearance(str, Enum):
    """What the user may choose in the settings."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """The window's look: one palette, applied to the whole application.

    `changed` is emitted after a new palette has been applied; painted widgets update then.
    """

    changed = Signal()

    def __init__(self, app: QApplication, appearance: Appearance = Appearance.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._appearance = appearance
        self.palette = LIGHT
        app.setFont(_font())
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self._apply()

    @property
    def appearance(self) -> Appearance:
        """Return the choice in force."""
        return self._appearance

    def set_appearance(self, appearance: Appearance) -> None:
        """Follow the system, or keep to light or dark."""
        self._appearance = appearance
        if self._wanted() is not self.palette:  # dressing a window again costs a tenth of a start
            self._apply()

    def colour(self, name: str) -> QColor:
        """Return the palette's colour `name`, for painters."""
        return _colour(getattr(self.palette, name))

    def icon(self, name: str, colour: str = "text_muted", on: str = "accent") -> QIcon:
        """Return icon `name` in palette colours."""
        tones = self.palette
        return icons.icon(name, getattr(tones, colour), getattr(tones, on), tones.text_faint)

    def motion(self) -> bool:
        """Return whether things may move: not where the system asks for calm."""
        return self._app.isEffectEnabled(Qt.UIEffect.UI_General)

    def _wanted(self) -> Palette:
        if self._appearance is Appearance.SYSTEM:
            dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        else:
            dark = self._appearance is Appearance.DARK
        return DARK if dark else LIGHT

    def _apply(self) -> None:
        self.palette = self._wanted()
        self._app.setPalette(_qt_palette(self.palette))
        self._app.setStyleSheet(build(self.palette))
        self.changed.emit()

    def _on_system_changed(self) -> None:
        if self._appearance is Appearance.SYSTEM and self._wanted() is not self.palette:
            self._apply()


_made: Theme | None = None


def theme() -> Theme:
    """Return the application's theme, making it at first use; needs a QApplication."""
    global _made
    # Asked of Qt by findChild, the answer would cost a classes' worth of types at every start.
    if _made is None or not isValid(_made):
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("The theme needs a QApplication.")
        _made = Theme(app)
    return _made


class _Dresser(QObject):
    """Repaints one widget at every change; a child of it, so that both go together."""

    def __init__(self, widget: QObject, repaint: Callable[[], None]) -> None:
        super().__init__(widget)
        self._repaint = repaint
        theme().changed.connect(self._on_changed)

    @Slot()
    def _on_changed(self) -> None:
        self._repaint()


def dress(widget: QObject, repaint: Callable[[], None]) -> None:
    """Call `repaint` now and whenever the theme changes, for as long as `widget` lives."""
    repaint()
    _Dresser(widget, repaint)


def set_icon(button: QAbstractButton, name: str, side: int = Size.ICON) -> None:
    """Give `button` icon `name`, kept in the theme's colours; may be called again at any time.

    Where the button has a text too, a little room is left between the two.
    """
    dressed = button.property(_ICON) is not None
    button.setProperty(_ICON, name)
    button.setIconSize(icons.size(side))
    if dressed:
        _draw_icon(button)
    else:
        dress(button, lambda: _draw_icon(button))


def _draw_icon(button: QAbstractButton) -> None:
    tones = theme().palette
    primary = button.property("kind") == "primary"
    tone = tones.on_accent if primary else tones.text_muted
    checked = tones.on_accent if primary else tones.accent
    on = checked if button.isCheckable() else None
    side = button.iconSize().height()
    # A push button always gets its words, be it later; a tool button may stay without.
    worded = isinstance(button, QPushButton) or bool(button.text())
    beside = worded and button.property("role") != "rail"
    pad = Space.XS if beside else 0
    if button.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        pad = -pad  # the icon stands behind the words
    button.setIcon(icons.icon(str(button.property(_ICON)), tone, on, tones.text_faint, side, pad))
    button.setIconSize(icons.size(side, pad))


def set_label_icon(
    label: QLabel, name: str, colour: str = "text_muted", side: int = Size.ICON
) -> None:
    """Show icon `name` in `label`, kept in palette colour `colour`."""

    def _draw() -> None:
        tone = getattr(theme().palette, colour)
        label.setPixmap(icons.pixmap(name, tone, side, label.devicePixelRatioF()))

    dress(label, _draw)


def restyle(widget: QWidget) -> None:
    """Make the style sheet look again at `widget` after one of its properties changed."""
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return  # it has not looked yet
    widget.style().unpolish(widget)
    widget.style().polish(widget)


@cache
def _colour(text: str) -> QColor:
    return QColor(text)


def _font() -> QFont:
    faces = (resources() / "fonts" / f"Inter-{face}.otf" for face in _FACES)
    known = [QFontDatabase.addApplicationFont(str(face)) for face in faces if face.is_file()]
    font = QFont("Inter") if known and max(known) >= 0 else QFont()
    font.setPixelSize(Type.BODY)
    return font


def _qt_palette(tones: Palette) -> QPalette:
    roles = QPalette.ColorRole
    table = {
        roles.Window: tones.window, roles.Base: tones.raised, roles.AlternateBase: tones.surface,
        roles.Button: tones.raised, roles.Text: tones.text, roles.WindowText: tones.text,
        roles.ButtonText: tones.text, roles.Highlight: tones.accent,
        roles.HighlightedText: tones.on_accent, roles.ToolTipBase: tones.raised,
        roles.ToolTipText: tones.text, roles.PlaceholderText: tones.text_faint,
        roles.Link: tones.accent, roles.Mid: tones.line_strong, roles.Accent: tones.accent,
    }  # fmt: skip
    result = QPalette()
    for role, text in table.items():
        result.setColor(role, QColor(text))
    result.setColor(QPalette.ColorGroup.Disabled, roles.Text, QColor(tones.text_faint))
    return result
