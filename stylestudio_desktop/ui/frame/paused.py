"""Tells when a service stops taking work, with the way to what cures it."""

from functools import partial

from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.events import ServicePaused
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.sections import Part
from stylestudio_desktop.ui.window import HISTORY, SETTINGS, MainWindow
from stylestudio_desktop.ui.wishes import ShowQueue

SHORT_MS = 60_000
"""A wait that ends by itself so soon is seen in the strip below and needs no notice."""
CURED_IN = {
    Code.NEEDS_KEY.value: Part.SERVICES,
    Code.NEEDS_PAYMENT.value: Part.SERVICES,
    Code.NEEDS_CONSENT.value: Part.SERVICES,
    Code.BUDGET_REACHED.value: Part.SERVICES,
    Code.STORAGE_FULL.value: Part.ROOM,
}
"""The part of the settings where the reason of a pause is cured."""


def tell_pause(window: MainWindow, event: ServicePaused) -> None:
    """Show a notice of a pause that somebody must cure, or that lasts longer than a minute."""
    if event.until is not None and event.until - now_ms() < SHORT_MS:
        return
    if event.reason in CURED_IN:
        open_there = partial(window.open_pane, SETTINGS, CURED_IN[event.reason])
        action = (window.tr("Open settings"), open_there)
    else:
        action = (window.tr("See the queue"), partial(window.open_pane, HISTORY, ShowQueue()))
    window.toast(spoken(event.sentence), "warning", action)
