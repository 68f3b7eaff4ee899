"""Notices in the corner that never take the focus and go by themselves; one may offer an undo."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget
from shiboken6 import isValid

from stylestudio_desktop.ui.theme import set_label_icon
from stylestudio_desktop.ui.tokens import Duration, Size, Space
from stylestudio_desktop.ui.widgets.buttons import button, tool
from stylestudio_desktop.ui.widgets.labels import Tone, label

_ICONS: dict[Tone, str] = {
    "neutral": "info", "accent": "info", "good": "circle-check",
    "warning": "triangle-alert", "bad": "circle-alert",
}  # fmt: skip
_INK: dict[Tone, str] = {"neutral": "text_muted"}
_MOST = 4


class Toast(QFrame):
    """One notice."""

    def __init__(
        self,
        text: str,
        tone: Tone,
        action: tuple[str, Callable[[], object]] | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAccessibleName(text)
        drawing = QLabel()
        set_label_icon(drawing, _ICONS[tone], _INK.get(tone, tone), Size.ICON_SMALL)
        self._words = words = label(text, wrap=True)
        words.setMinimumWidth(_width(words, text))
        words.setMaximumWidth(420)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.M, Space.S, Space.S, Space.S)
        layout.setSpacing(Space.S)
        layout.addWidget(drawing)
        layout.addWidget(words, 1)
        if action is not None:
            layout.addWidget(self._offer(*action))
        close = tool("x", self.tr("Dismiss"), self.deleteLater)
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout.addWidget(close)
        self.offers = None if action is None else action[0]
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self.deleteLater)
        self._end.start(Duration.TOAST if action is None else Duration.TOAST_ACTION)

    def again(self) -> None:
        """Stay as long as a new one would."""
        if self._end.isActive():
            self._end.start()

    def stay(self) -> None:
        """Stay until it is dismissed, or whoever showed it takes it away."""
        self._end.stop()

    def say(self, text: str) -> None:
        """Say something else in the same place; it stays no longer for that."""
        self.setAccessibleName(text)
        self._words.setText(text)
        self._words.setMinimumWidth(_width(self._words, text))
        self.adjustSize()

    def _offer(self, text: str, run: Callable[[], object]) -> QWidget:
        offer = button(text, run, "quiet")
        offer.clicked.connect(self.deleteLater)
        offer.setObjectName("toastAction")
        offer.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return offer


def _width(words: QLabel, text: str) -> int:
    return min(360, words.fontMetrics().horizontalAdvance(text) + Space.S)


class Toasts(QObject):
    """Stacks notices at the bottom of `parent`, newest lowest, the oldest leaving first."""

    def __init__(self, parent: QWidget, above: int = Size.FOOT) -> None:
        super().__init__(parent)
        self._parent = parent
        self._above = above
        self._more = 0
        self._shown: list[Toast] = []
        self._watching = False

    def show(
        self,
        text: str,
        tone: Tone = "neutral",
        action: tuple[str, Callable[[], object]] | None = None,
        once: bool = False,
    ) -> Toast:
        """Show a notice; `action` is the text of a button and what it does.

        What stands there already is not said twice; with a button, where it is to be said `once`.
        """
        name = None if action is None else action[0]
        if (action is None or once) and (same := self._same(text, name)) is not None:
            same.again()
            return same
        if not self._watching:  # from the first notice on: before, it would only slow the start
            self._watching = True
            self._parent.installEventFilter(self)
        toast = Toast(text, tone, action, self._parent)
        toast.destroyed.connect(lambda: self._on_gone(toast))
        self._shown.append(toast)
        for old in self._shown[:-_MOST]:
            old.deleteLater()
        toast.show()
        self._place()
        return toast

    def _same(self, text: str, action: str | None) -> Toast | None:
        said = (text, action)
        shown = self._shown[-_MOST:]
        return next((one for one in shown if (one.accessibleName(), one.offers) == said), None)

    def keep_above(self, height: int) -> None:
        """Leave `height` pixels more free below, where a pane shows its work at its foot."""
        self._more = height
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the notices in their corner when the window is resized."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        bottom = self._parent.height() - self._above - self._more - Space.L
        for toast in reversed(self._shown):
            toast.adjustSize()
            left = self._parent.width() - toast.width() - Space.L
            toast.move(left, bottom - toast.height())
            toast.raise_()
            bottom -= toast.height() + Space.S

    def _on_gone(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            if isValid(self._parent) and isValid(self):
                self._place()
