"""What the gallery's tests look at in common."""

from collections.abc import Callable

from stylestudio_desktop.ui.frame.toasts import Toast
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.widgets.empty import EmptyState
from stylestudio_desktop.ui.window import MainWindow

Quiet = Callable[[], None]


class Asked(Pane):
    """Stands for Create; notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.wishes: list[object] = []

    def receive(self, wish: object) -> None:
        self.wishes.append(wish)


def toasts(window: MainWindow) -> list[str]:
    return [toast.accessibleName() for toast in window.findChildren(Toast)]


def empty_title(pane: GalleryPane) -> str:
    shown = [one for one in pane.findChildren(EmptyState) if one.isVisible()]
    return shown[0].accessibleName() if shown else ""
