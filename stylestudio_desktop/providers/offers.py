"""Every picture-making service there is to add: the catalogue's, and those of other packages."""

import logging
import threading
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.providers.catalogue import ServiceEntry, Services, load_services

_log = logging.getLogger(__name__)

GROUP = "stylestudio.providers"
_HERE = "stylestudio_desktop.providers"
OURS = {
    "comfyui": f"{_HERE}.comfyui:ComfyUI",
    "openai": f"{_HERE}.openai:OpenAI",
    "fashn": f"{_HERE}.fashn:Fashn",
    "fal": f"{_HERE}.fal:Fal",
    "replicate": f"{_HERE}.replicate:Replicate",
    "gemini": f"{_HERE}.gemini:Gemini",
    "custom": f"{_HERE}.custom:CustomServer",
}


class Offers:
    """Knows each service's adapter and what the catalogue says of it; safe from every thread.

    Neither a file nor the list of installed packages is read before somebody asks. A package of
    other people names its adapter by an entry point of the group GROUP; the adapter's class may
    have a `catalogue`, the path of a file with its entry.
    """

    def __init__(self, shipped: Path, users: Path | None = None) -> None:
        """Use the catalogue at `shipped`, with the user's own file over it where there is one."""
        self._shipped = shipped
        self._users = users
        self._lock = threading.RLock()
        self._targets: dict[str, str] | None = None
        self._services: Services | None = None
        self._foreign: dict[str, ServiceEntry] = {}

    def services(self) -> Services:
        """Return what the catalogue says, other people's packages included. Raises BadInput."""
        with self._lock:
            if self._services is None:
                found = load_services(self._shipped, self._users)
                known = {one.id for one in found.services}
                problems = list(found.problems)
                foreign = []
                for name, target in self._all().items():
                    if name not in OURS and name not in known:
                        foreign += _entries(name, target, problems)
                self._services = replace(
                    found,
                    services=(*found.services, *foreign),
                    problems=tuple(problems),
                )
            return self._services

    def entry(self, name: str) -> ServiceEntry | None:
        """Return the catalogue's entry of a service that has an adapter, else None."""
        if name not in self._all():
            return None
        return next((one for one in self.services().services if one.id == name), None)

    def entries(self) -> tuple[ServiceEntry, ...]:
        """Return every service that can be added, in the catalogue's order."""
        names = self._all()
        return tuple(one for one in self.services().services if one.id in names)

    def adapter(self, name: str) -> Any:
        """Return the class that speaks to the service. Raises BadInput if it can't be loaded."""
        target = self._all().get(name)
        if target is None:
            raise BadInput(
                f"Nothing installed here knows the service “{name[:60]}”. Install its package "
                "again, or remove the service in Settings."
            )
        return _loaded(name, target)

    def _all(self) -> dict[str, str]:
        with self._lock:
            if self._targets is None:
                from importlib.metadata import entry_points

                self._targets = dict(OURS)
                for point in entry_points(group=GROUP):
                    self._targets.setdefault(point.name, point.value)
            return self._targets


def _loaded(name: str, target: str) -> Any:
    module, _, attribute = target.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except Exception as error:
        # Other people's packages may fail in any way while they are imported.
        _log.warning("the service %s can't be loaded", name, exc_info=True)
        raise BadInput(
            f"The package of the service “{name[:60]}” can't be loaded ({type(error).__name__}). "
            "Nothing was sent. Install it again, or remove the service in Settings."
        ) from error


def _entries(name: str, target: str, problems: list[str]) -> list[ServiceEntry]:
    try:
        path = getattr(_loaded(name, target), "catalogue", None)
        if path is None:
            problems.append(f"The package of “{name[:60]}” brings no entry for the catalogue.")
            return []
        found = load_services(Path(path))
    except BadInput as error:
        problems.append(error.sentence)
        return []
    problems += found.problems
    return [one for one in found.services if one.id == name]
