"""Tells when a service stops taking work, with the way to what cures it."""

from functools import partial

from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.events import ServicePaused
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.ui.window import HISTORY, SETTINGS, MainWindow
from stylestudio_desktop.ui.wishes import ShowQueue

SHORT_MS = 60_000
"""A wait that ends by itself so soon is seen in the strip below and needs no notice."""
_IN_SETTINGS = frozenset(
    {
        Code.NEEDS_KEY.value,
        Code.NEEDS_PAYMENT.value,
        Code.NEEDS_CONSENT.value,
        Code.BUDGET_REACHED.value,
        Code.STORAGE_FULL.value,
    }
)


def tell_pause(window: MainWindow, event: ServicePaused) -> None:
    """Show a notice of a pause that somebody must cure, or that lasts longer than a minute."""
    if event.until is not None and event.until - now_ms() < SHORT_MS:
        return
    if event.reason in _IN_SETTINGS:
        action = (window.tr("Open settings"), partial(window.open_pane, SETTINGS))
    else:
        action = (window.tr("See the queue"), partial(window.open_pane, HISTORY, ShowQueue()))
    window.toast(event.sentence, "warning", action)
