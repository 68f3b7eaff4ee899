"""Says once that few tokens are left, and keeps the number right for as long as that stands."""

from typing import TYPE_CHECKING

from shiboken6 import isValid

from stylestudio_desktop.ui.wishes import GetTokens

if TYPE_CHECKING:
    from stylestudio_desktop.ui.frame.toasts import Toast
    from stylestudio_desktop.ui.window import MainWindow


class LowBalance:
    """The notice of `window`; it is told of every balance."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        self._toast: Toast | None = None
        self._told = False

    def show(self, balance: int, low: bool) -> None:
        """Tell of a low balance when it becomes one; take the notice back when it is none."""
        toast = self._toast if self._toast is not None and isValid(self._toast) else None
        if not low:
            self._told, self._toast = False, None
            if toast is not None:
                toast.deleteLater()
            return
        text = self._window.tr("%n token(s) left", "", balance)
        if toast is not None:
            toast.say(text)
        elif not self._told:
            self._told = True
            offer = (self._window.tr("Open the wallet"), self._open_wallet)
            self._toast = self._window.toast(text, "warning", offer)

    def _open_wallet(self) -> None:
        from stylestudio_desktop.ui.window import WALLET

        self._window.open_pane(WALLET, GetTokens(self._window.current))
