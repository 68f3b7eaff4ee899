"""Shows a command that brings files in as a living host, so that others leave its files alone."""

import contextlib
from collections.abc import Iterator

from stylestudio_desktop.config.presence import Presence
from stylestudio_desktop.services import health
from stylestudio_desktop.services.studio import Studio


@contextlib.contextmanager
def at_work(studio: Studio) -> Iterator[None]:
    """Hold a lock that dies with this process; first put away what one that was killed left."""
    with Presence(studio.workspace.locks) as presence:
        if presence.crashed():
            health.sweep_after_crash(studio)
        yield
