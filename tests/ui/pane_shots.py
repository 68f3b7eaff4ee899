"""Takes pictures of panes that show a real workspace, for the panes' own shots programs."""

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtWidgets import QApplication

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.services import wallet
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.collector import Collector
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.translation import install
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET, MainWindow
from tests.factories import open_test_studio

SIZES = ((1280, 800), (1920, 1080), (2560, 1440))
Scene = Callable[[MainWindow, Studio], None]
Furnish = Callable[[Studio, Path], object]


def window_on(studio: Studio) -> MainWindow:
    """Return a window whose history, wallet and settings are the real panes."""
    from stylestudio_desktop.ui.history.pane import create_pane as history
    from stylestudio_desktop.ui.settings.pane import create_pane as settings
    from stylestudio_desktop.ui.wallet.pane import create_pane as wallet_pane

    window = MainWindow(
        {
            GALLERY: lambda _window: Pane(),
            CREATE: lambda _window: Pane(),
            HISTORY: lambda window: history(window, studio),
            WALLET: lambda window: wallet_pane(window, studio),
            SETTINGS: lambda window: settings(window, studio),
        }
    )
    state = wallet.summary(studio)
    window.top_bar.set_balance(state.user.token_balance, low=state.low)
    window.top_bar.avatar.set_user("Mara Lind")
    return window


def settle(window: MainWindow, seconds: float = 3.0) -> None:
    """Let the window work until nothing is under way, then for a few frames more."""
    end = time.monotonic() + seconds
    calm = 0
    while time.monotonic() < end and calm < 40:
        QApplication.processEvents()
        time.sleep(0.005)
        calm = 0 if window.tasks.busy() else calm + 1


def take(
    scenes: Mapping[str, tuple[Furnish | None, Scene]],
    folder: Path,
    names: list[str],
    opened: Callable[[Path], Studio] | None = None,
) -> None:
    """Write every scene (or those called `names`) in both appearances and sizes to `folder`."""
    app = QApplication.instance() or QApplication([])
    install(app)
    collector = Collector()
    folder.mkdir(parents=True, exist_ok=True)
    for name, (furnish, scene) in scenes.items():
        if names and name not in names:
            continue
        with tempfile.TemporaryDirectory() as place:
            if opened is not None:
                studio = opened(Path(place))
            else:
                studio = open_test_studio(Path(place), tokens=190 if furnish else 0)
            if furnish is not None:
                furnish(studio, Path(place) / "photos")
            for look in (Appearance.LIGHT, Appearance.DARK):
                for width, height in SIZES:
                    _one(studio, scene, look, (width, height), folder / f"{name}-{look.value}")
            close_studio(studio)
    collector.close()


def _one(studio: Studio, scene: Scene, look: Appearance, size: tuple[int, int], path: Path) -> None:
    theme().set_appearance(look)
    window = window_on(studio)
    window.resize(*size)
    window.show()
    scene(window, studio)
    settle(window)
    target = path.with_name(f"{path.name}-{size[0]}.png")
    window.grab().save(str(target))
    sys.stdout.write(f"{target}\n")
    window.close()
    window.tasks.close()
    window.deleteLater()
    QApplication.processEvents()
