"""Gives every pane of a window the same ear on the library."""

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.live import Live
from stylestudio_desktop.ui.window import MainWindow


def listen(window: MainWindow, studio: Studio) -> Live:
    """Return the window's `Live`, made and joined to the studio's events at first use.

    It goes quiet when the window closes, before the library does.
    """
    found = window.findChild(Live)
    if found is not None:
        return found
    live = Live(studio.database.data_version, window)
    end = studio.bus.subscribe(live.publish)
    window.closing.connect(live.close)
    window.closing.connect(end)
    return live
