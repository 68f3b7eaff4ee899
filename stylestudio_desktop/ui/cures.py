"""Gives what went wrong a button: it does what helps, or leads to where that is done."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import Code, Remedy, StudioError, WalletReadOnly
from stylestudio_desktop.files import rights
from stylestudio_desktop.files.rights import Given
from stylestudio_desktop.ui.sections import Part
from stylestudio_desktop.ui.window import SETTINGS, WALLET, MainWindow
from stylestudio_desktop.ui.wishes import CheckLibrary, GetTokens

Offer = tuple[str, Callable[[], object]]
translate = QCoreApplication.translate


def cure(window: MainWindow, error: StudioError) -> Offer | None:
    """Return the button that helps against `error`, None where only what is shown can."""
    if isinstance(error, WalletReadOnly):
        return translate("Cures", "Open the wallet"), partial(window.open_pane, WALLET)
    if error.remedy is Remedy.BRING_BACK and window.home is not None:
        return translate("Cures", "Bring it back…"), partial(_bring_back, window, error)
    return of_remedy(window, error.remedy, error.code)


def is_grave(error: StudioError) -> bool:
    """Say whether the library itself is damaged: that stays on the screen until it is dismissed."""
    return error.remedy is Remedy.BRING_BACK


def of_remedy(window: MainWindow, remedy: Remedy, code: Code | None = None) -> Offer | None:
    """Return the button for `remedy`; `code` tells which part of the settings is meant."""
    part = Part.PAYMENTS if code is Code.PAYMENT_KEY else Part.SERVICES
    go = window.open_pane
    offers: dict[Remedy, Offer] = {
        Remedy.FREE_SPACE: (
            translate("Cures", "See what takes room"), partial(go, SETTINGS, Part.ROOM),
        ),
        **dict.fromkeys(
            (Remedy.CHECK_LIBRARY, Remedy.BRING_BACK),
            (translate("Cures", "Check the library"), partial(go, SETTINGS, CheckLibrary())),
        ),
        Remedy.ALLOW_WRITING: (
            translate("Cures", "Allow writing again"), partial(_allow_writing, window),
        ),
        Remedy.REVEAL_FILES: (
            translate("Cures", "Open the folder"), partial(_open_folder, window),
        ),
        Remedy.TOP_UP: (
            translate("Cures", "Get tokens"), lambda: go(WALLET, GetTokens(window.current)),
        ),
        Remedy.OPEN_SETTINGS: (
            translate("Cures", "Open settings"), partial(go, SETTINGS, part),
        ),
    }  # fmt: skip
    return offers.get(remedy)


def _bring_back(window: MainWindow, error: StudioError) -> None:
    """Offer the ways back from a library that is damaged while it is open."""
    from stylestudio_desktop.ui.way_back import offer_here  # hardly ever needed

    if window.home is not None:
        offer_here(window, Workspace(window.home), error)


def _open_folder(window: MainWindow) -> None:
    place = str(window.home)
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(place)):
        text = translate("Cures", "No file manager answered. The folder is %1.")
        window.toast(text.replace("%1", place), "warning")


def _allow_writing(window: MainWindow) -> None:
    """Give the library's own files their owner's rights back, and say what came of it."""
    home = window.home
    if home is None:
        return

    def failed(error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        window.tell(error)

    window.tasks.run(lambda: rights.give_back(home), partial(_told, window), failed, owner=window)


def _told(window: MainWindow, given: Given) -> None:
    if given.others:
        text = translate(
            "Cures",
            "Part of the library belongs to another account of this computer: only that one, or "
            "whoever looks after the computer, can allow it.",
        )
        window.toast(text, "warning")
    elif given.changed:
        window.toast(translate("Cures", "Writing is allowed again. Try it once more."), "good")
    else:
        text = translate(
            "Cures",
            "The folder's permissions are in order: the disk itself can't be written to. Look "
            "whether it has a lock, or connect it anew.",
        )
        window.toast(text, "warning")
