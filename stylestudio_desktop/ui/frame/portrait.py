"""Shows who sits at the desk, with their picture, in the bar at the top."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import profiles
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.decoding import thumbnail
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.window import MainWindow

SIDE = 128


def show_portrait(window: MainWindow, studio: Studio) -> None:
    """Read name and picture in the background, and show them; initials where there is none."""
    window.tasks.run(
        attached(studio, lambda: _portrait(studio)),
        lambda found: window.top_bar.avatar.set_user(*found),
        _pass_over,
        window,
    )


def _portrait(studio: Studio) -> tuple[str, QImage | None]:
    data = profiles.picture(studio)
    image = None if data is None else thumbnail(data, SIDE)
    return profiles.current(studio).name, None if image is None else _square(image)


def _square(image: QImage) -> QImage:
    side = min(image.width(), image.height())
    place = QRect((image.width() - side) // 2, (image.height() - side) // 2, side, side)
    return image.copy(place)


def _pass_over(error: Exception) -> None:
    # Initials are shown already, and the library itself says what is wrong with it.
    if not isinstance(error, StudioError):
        raise error
