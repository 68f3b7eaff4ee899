"""The embedded engine's files as people see them: what each adds, and how to fetch it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event

from stylestudio_desktop.domain.errors import BadInput, Code, Remedy, ServiceError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.providers.registry import Providers
from stylestudio_desktop.services.studio import Studio

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class EngineFile:
    """One file of the engine; sizes in bytes, `download` being what goes over the network.

    `damaged` means the one that an installer brought along; `present` may still be a fetched one.
    """

    name: str
    title: str
    present: bool
    size: int
    download: int
    adds: str
    licence: str
    origin: str
    optional: bool
    damaged: bool = False


def listing() -> list[EngineFile]:
    """Return every file the engine can use, those it needs most first."""
    from stylestudio_desktop.engine import weights

    return [
        EngineFile(
            one.name, one.title, one.present, one.size, one.download,
            one.adds, one.licence, one.origin, one.optional, one.damaged,
        )
        for one in weights.status()
    ]  # fmt: skip


def missing(*, optional: bool = False) -> list[EngineFile]:
    """Return the files that are not here yet, without the `optional` ones unless asked."""
    return [one for one in listing() if not one.present and (optional or not one.optional)]


def fetch(studio: Studio, names: Sequence[str], progress: Progress, cancelled: Event) -> None:
    """Fetch the files called `names`; what is here already is kept.

    `progress(title, share)` runs from 0 to 1 over all of them. Raises ServiceError with the
    reason, also after a cancel, and BadInput while the network is switched off in the settings.
    """
    if studio.settings.value.no_network:
        raise BadInput(
            "The network is switched off in the settings, so nothing was fetched. The engine "
            "works with what it has. Allow the network to fetch these files.",
            remedy=Remedy.OPEN_SETTINGS,
        )
    from stylestudio_desktop.engine import weights

    try:
        weights.fetch(names, progress, cancelled)
    except weights.FetchFailed as error:
        code = Code.CANCELLED if cancelled.is_set() else Code.NO_NETWORK
        raise ServiceError(error.sentence, code=code) from error
    except OSError as error:
        raise ServiceError(
            f"The engine's files could not be written: {error.strerror}. What was there is kept. "
            "Free some space on the disk and try again."
        ) from error


TRY_AGAIN_MS = 24 * 3_600_000
"""After a fetch that failed, how long the first-use fetch leaves the network alone."""


def fetch_on_first_use(studio: Studio, provider: str, progress: Progress) -> str | None:
    """Fetch what the embedded engine needs before its first picture; return a sentence if it can't.

    Nothing happens for other services, when all is here, with the network switched off, or
    within a day of a try that failed: the engine works with what it has.
    """
    if provider != "local" or not isinstance(studio.providers, Providers):
        return None
    value = studio.settings.value
    if value.no_network or now_ms() - value.engine_files_tried_at < TRY_AGAIN_MS:
        return None
    wanted = [one.name for one in missing()]
    if not wanted:
        return None
    try:
        fetch(studio, wanted, progress, Event())
    except ServiceError as error:
        studio.settings.change(engine_files_tried_at=now_ms())
        return f"{error.sentence} The picture is made with what is here."
    return None
