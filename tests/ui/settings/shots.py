"""Takes pictures of the Settings pane: `python -m tests.ui.settings.shots OUTDIR [NAME...]`."""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QAbstractButton, QDialog, QScrollArea

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config import workspaces
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.services import (
    connections,
    consents,
    library,
    organising,
    profiles,
    queue,
    signing_in,
)
from stylestudio_desktop.services.backup import full, record, snapshots
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.settings.pieces import PiecesDialog
from stylestudio_desktop.ui.settings.workspace_dialogs import NewDialog
from stylestudio_desktop.ui.theme import theme
from stylestudio_desktop.ui.unlock import PassphraseDialog, UnlockDialog
from stylestudio_desktop.ui.window import GALLERY, SETTINGS, MainWindow
from stylestudio_desktop.vault.asking import Person
from tests.factories import FakeProvider, import_photo
from tests.ui.pane_shots import settle, take
from tests.ui.studios import furnish


def plain(window: MainWindow, _studio: Studio) -> None:
    """Show the settings."""
    window.open_pane(SETTINGS)


def fetching(window: MainWindow, _studio: Studio) -> None:
    """Show a download under way, and the report."""
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    pane.engine.progress.setVisible(True)
    pane.engine.progress.set(0.37, "Fetching Cut-out of people", "a few seconds left")
    pane.about.show_report()
    settle(window)


def connect(studio: Studio, _folder: Path) -> None:
    """Connect services in several states."""
    connections.add(studio, "openai", {"resumable": ""}, "sk-test-0123456789-abcd")
    connections.set_ceiling(studio, "openai", 200)
    consents.give(studio, "openai")
    connections.add(studio, "comfyui", {"base_url": "http://127.0.0.1:9"})
    connections.add(studio, "replicate", {"models": "me/my-model"})
    connections.add(studio, "fashn", {}, "")
    queue.pause_service(studio, "openai", None, Code.NEEDS_PAYMENT, "OpenAI has no credit left.")


def services(window: MainWindow, _studio: Studio) -> None:
    """Show the services, one of them just tested, from their top."""
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    settle(window)
    pane.services.test("comfyui")
    settle(window)
    area = pane.findChild(QScrollArea)
    assert area is not None
    area.ensureWidgetVisible(pane.services.rows["replicate"])
    settle(window)


def service_dialogs(window: MainWindow, _studio: Studio) -> None:
    """Show the dialog of each service in place of the window."""
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    settle(window)
    assert pane.services.found is not None
    for entry in pane.services.found.entries:
        pane.services.add(entry.id)
        settle(window)
        dialog = pane.services.dialog
        assert dialog is not None
        place = f"dialog-{entry.id}-{theme().palette.name}-{window.width()}.png"
        dialog.grab().save(str(Path(sys.argv[1]) / place))
        dialog.reject()


def people(studio: Studio, folder: Path) -> None:
    """Have three people here, one of them signed in and with a passphrase."""
    furnish(studio, folder)
    signing_in.arrive(
        studio, Person("https://id.example.com", "1", "mara@example.com", "Mara Lind", "token")
    )
    profiles.add(studio, "Jonas Ek")
    profiles.add(studio, "Aiko Tanaka", passphrase="open sesame")
    profiles.set_passphrase(studio, None, "open sesame")


def account(window: MainWindow, studio: Studio) -> None:
    """Show who is here, with the sign-in unfolded, and the dialogs of passphrases."""
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    settle(window)
    pane.account.sign_in.findChildren(QAbstractButton)[0].click()
    settle(window)
    area = pane.findChild(QScrollArea)
    assert area is not None
    area.ensureWidgetVisible(pane.account.delete_button)
    settle(window)
    mine = profiles.current(studio)
    for name, dialog in (
        ("unlock", UnlockDialog(studio)),
        ("passphrase", PassphraseDialog(window.tasks, studio, mine, window)),
    ):
        place = f"{name}-alone-{theme().palette.name}-{window.width()}.png"
        dialog.show()
        dialog.grab().save(str(Path(sys.argv[1]) / place))
        dialog.reject()


def separate(studio: Studio, folder: Path) -> None:
    """Make more workspaces and a backup, and lose something."""
    workspaces.home = lambda: folder / "home"  # type: ignore[assignment]
    made = furnish(studio, folder / "photos", 3)
    trial = open_studio(workspaces.create("trial", workspaces.STAGING), {"local": FakeProvider()})
    (folder / "trial").mkdir(parents=True)
    import_photo(trial, folder / "trial", "navy")
    organising.new_collection(trial, "Lookbook")
    close_studio(trial)
    workspaces.create("second-shop", workspaces.PRODUCTION)
    snapshots.take(studio, Reason.ASKED)
    organising.new_collection(studio, "Spring 2026")
    full.make(studio, folder / "disk")
    studio.settings.change(backup_place=str(folder / "disk"))
    rows = [row for state in made.values() for row in state]
    assert rows
    ids = list(library.ids(studio, FileFilter()))
    library.trash(studio, ids[:6])
    library.purge(studio, now_ms() + 1)


def keeping(window: MainWindow, _studio: Studio) -> None:
    """Show the workspaces from their top."""
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    settle(window)
    area = pane.findChild(QScrollArea)
    assert area is not None
    area.ensureWidgetVisible(pane.workspaces)
    settle(window)


def keeping_dialogs(window: MainWindow, _studio: Studio) -> None:
    """Show the dialogs of pieces and copies in place of the window."""
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    settle(window)
    pane.backups.bring_pieces()
    pieces = pane.backups.dialog
    assert isinstance(pieces, PiecesDialog)
    while pieces.busy():
        settle(window)
    pieces.list.item(1).setSelected(True)
    _alone("pieces", pieces, window)
    pane.workspaces.ask_copy()
    while pane.workspaces.dialog is None:
        settle(window)
    copy = pane.workspaces.dialog
    assert isinstance(copy, NewDialog)
    copy.name.setText("autumn")
    settle(window)
    _alone("copy", copy, window)
    other = next(one for one in workspaces.listing() if one.name == "trial")
    pane.workspaces.dialog = None
    pane.workspaces.ask_bring_in(other)
    while pane.workspaces.dialog is None:
        settle(window)
    _alone("bring-in", pane.workspaces.dialog, window)


def standing(window: MainWindow, _studio: Studio) -> None:
    """Show the backups from their top, with the ways back."""
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    settle(window)
    pane._begin_at(pane.backups)
    settle(window)


def paused(studio: Studio, folder: Path) -> None:
    """Have a library that was restored a moment ago, and a full backup that failed since."""
    separate(studio, folder)
    record.change(
        studio.workspace,
        drill_at=now_ms(), drill_ok=True, drill_sentence="",
        trouble_at=now_ms(),
        trouble="The disk of /media/backups does not answer. Nothing was changed. Check its cable "
        "or its network; it goes on by itself when it is back.",
    )  # fmt: skip
    queue.pause_service(studio, "*", None, Code.RESTORED, "This library was restored.")


def hurt(studio: Studio, folder: Path) -> None:
    """Lose files and leave strange ones."""
    furnish(studio, folder, 3)
    snapshots.take(studio, Reason.ASKED)
    stored = sorted(one for one in studio.workspace.files.rglob("*") if one.is_file())
    stored[0].unlink()
    stored[1].write_bytes(b"no picture")
    (studio.workspace.files / "notes.txt").write_text("mine")


def ill(window: MainWindow, _studio: Studio) -> None:
    """Show what a check found."""
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    settle(window)
    pane.health.check()
    while pane.health.errand.busy:
        settle(window)
    pane._begin_at(pane.health)
    settle(window)


def mended(window: MainWindow, studio: Studio) -> None:
    """Show what was mended."""
    ill(window, studio)
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    pane.health.repair()
    while pane.health.errand.busy:
        settle(window)
    pane._begin_at(pane.health)
    settle(window)


def _alone(name: str, dialog: QDialog, window: MainWindow) -> None:
    place = Path(sys.argv[1]) / f"{name}-{theme().palette.name}-{window.width()}.png"
    dialog.grab().save(str(place))
    dialog.reject()


def welcome(window: MainWindow, studio: Studio) -> None:
    """Show the first start."""
    from stylestudio_desktop.ui.welcome import Welcome

    window.open_pane(GALLERY)
    Welcome(window, studio)


SCENES = {
    "settings": (furnish, plain),
    "settings-fetching": (furnish, fetching),
    "account": (people, account),
    "welcome": (None, welcome),
    "backups": (separate, standing),
    "backups-paused": (paused, standing),
    "health": (hurt, ill),
    "health-mended": (hurt, mended),
    "keeping": (separate, keeping),
    "keeping-dialogs": (separate, keeping_dialogs),
}

# These need the real services instead of the tests' own.
CONNECTED = {
    "services": (connect, services),
    "service-dialog": (connect, service_dialogs),
}

if __name__ == "__main__":
    os.environ["STYLESTUDIO_KEYRING"] = "off"
    take(SCENES, Path(sys.argv[1]), sys.argv[2:])
    take(
        CONNECTED, Path(sys.argv[1]), sys.argv[2:],
        lambda place: open_studio(Workspace(place / "workspace")),
    )  # fmt: skip
