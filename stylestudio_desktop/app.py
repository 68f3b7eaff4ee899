"""The only place where the rooms are put together: workspace, services, worker, face."""

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from stylestudio_desktop.config import remembered, workspaces
from stylestudio_desktop.config.presence import Presence
from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.config.settings import SettingsFile
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StorageBusy, StudioError
from stylestudio_desktop.files.answering import answers, must_answer

if TYPE_CHECKING:  # loaded when a library is opened: the window's frame is painted before
    from stylestudio_desktop.providers.offers import Offers
    from stylestudio_desktop.providers.protocol import Provider
    from stylestudio_desktop.providers.registry import Providers
    from stylestudio_desktop.services.studio import Studio
    from stylestudio_desktop.ui.window import MainWindow
    from stylestudio_desktop.vault.secrets import Secrets


def open_studio(
    workspace: Workspace,
    providers: "Mapping[str, Provider] | None" = None,
    secrets: "Secrets | None" = None,
    settings: SettingsFile | None = None,
) -> "Studio":
    """Open (or begin) the library in `workspace`. Raises StorageError or BadInput.

    `providers` replaces the built-in services and `secrets` the system's keyring, for tests;
    `settings` are the workspace's own where somebody reads them already.
    """
    from stylestudio_desktop.config.catalogue import load_catalogue
    from stylestudio_desktop.services import opening

    must_answer(workspace.root)
    remembered.must_be_there(workspace)
    workspace.make()  # before anything is looked for in it: it may be somebody else's
    sealed_anew = put_in_place(workspace)
    own = workspace.catalogue
    catalogue = load_catalogue(
        own if own.is_file() else resources() / "catalogue" / "catalogue.json"
    )

    def services(settings: SettingsFile, vault: "Secrets") -> "Mapping[str, Provider]":
        return _services(workspace, settings, vault) if providers is None else providers

    studio = opening.library(workspace, catalogue, services, secrets, settings)
    studio.database.seals.restored = sealed_anew
    remembered.remember(workspace)
    return studio


def put_in_place(workspace: Workspace) -> str | None:
    """Finish a restore that was decided on, unless another program still uses the library.

    Returns why the ledger must be sealed anew, None if nothing was put in place.
    """
    if not (workspace.restoring / "plan.json").is_file():
        return None
    from stylestudio_desktop.services.backup import swap

    with contextlib.suppress(StorageBusy):  # the present library goes on; the plan stays
        if swap.finish(workspace) is not None:
            return swap.ANEW
    return None


def _services(workspace: Workspace, settings: SettingsFile, secrets: "Secrets") -> "Providers":
    """Return the embedded engine and the services that the settings name, made when asked for."""
    from stylestudio_desktop.config.chosen import chosen_in
    from stylestudio_desktop.providers.registry import Providers, Wanted

    def offers() -> "Offers":
        from stylestudio_desktop.providers.offers import Offers

        return Offers(resources() / "services" / "catalogue.json", workspace.services)

    return Providers(
        offers,
        wanted=lambda: [
            Wanted(one.id, one.settings, one.learned) for one in chosen_in(settings.value.services)
        ],
        key=lambda name: secrets.get(f"provider:{name}"),
        offline=lambda: settings.value.no_network,
    )


def run_window(workspace: Workspace) -> int:
    """Open the window on `workspace` and return the exit code once it is closed.

    It opens again where somebody else wants to sit down, the profile was locked, or another
    workspace was chosen.
    """
    from stylestudio_desktop.config import crashes

    while True:
        if not answers(workspace.root) or remembered.is_away(workspace):
            from stylestudio_desktop.ui import away
            from stylestudio_desktop.ui.opening import STORAGE

            if (found := away.search(workspace)) is None:
                return STORAGE
            workspace = found
            continue
        with crashes.watched(workspace.root) as fatal:
            code = _one_window(workspace, ended_badly(workspace) or fatal)
        from stylestudio_desktop.ui.wishes import REOPEN, SWITCH

        if code == SWITCH:
            workspace = workspaces.named(workspaces.current_name())
        elif code != REOPEN:
            return code


def _one_window(workspace: Workspace, unclean: bool) -> int:
    from stylestudio_desktop.ui.opening import show_frame

    file = SettingsFile(workspace.settings)
    settings = file.value
    window = show_frame(settings.language, settings.appearance, {} if unclean else settings.window)
    # What follows is loaded only now that the frame is on the screen. Peewee brings patterns with
    # it (those of `platform`, which `uuid` loads) that nobody uses.
    from stylestudio_desktop.ui.patterns import compiled_later

    with compiled_later(1):
        import peewee  # noqa: F401
    from stylestudio_desktop.ui.session import run

    opened: list[Studio] = []

    def open_here() -> "Studio":
        opened.append(open_studio(workspace, settings=file))
        return opened[0]

    def failed(window: "MainWindow", error: StudioError) -> int:
        from stylestudio_desktop.ui.way_back import offer  # hardly ever needed

        return offer(window, workspace, error)

    try:
        return run(window, open_here, tidy_after_crash, unclean, failed)
    finally:
        for studio in opened:
            close_studio(studio)


def ended_badly(workspace: Workspace) -> bool:
    """Say whether a program on this workspace went without saying goodbye."""
    return workspace.locks.is_dir() and bool(Presence(workspace.locks).crashed(forget=False))


def tidy_after_crash(studio: "Studio") -> None:
    """Put away what a crash left behind; everything that a row refers to stays."""
    from stylestudio_desktop.services import leaving
    from stylestudio_desktop.services.health import sweep_after_crash

    sweep_after_crash(studio)
    leaving.clear(studio)


def close_studio(studio: "Studio") -> None:
    """Let go of the services' processes and of this thread's connection."""
    from stylestudio_desktop.providers.registry import Providers
    from stylestudio_desktop.services import opening

    if isinstance(studio.providers, Providers):
        studio.providers.close()
    else:
        for provider in studio.providers.values():
            provider.close()
    opening.close(studio)
