"""Says that a library is open in a second window: they look alike, and work side by side."""

from PySide6.QtCore import QCoreApplication

from stylestudio_desktop.config.sole import Sole
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.window import MainWindow


def tell_of_another(window: MainWindow, studio: Studio) -> None:
    """Say in `window` if it is not the first on this library, until it closes."""
    only = Sole(studio.workspace.locks, "window")

    def told(alone: bool) -> None:
        if not alone and not only.refused:
            window.toast(
                QCoreApplication.translate(
                    "Another",
                    "This library is open in another window, too. Each shows what the other does, "
                    "and nothing is made or charged twice.",
                )
            )

    window.closing.connect(lambda: only.give_up())  # which holds the lock until then
    window.tasks.run(only.take, told, owner=window)
