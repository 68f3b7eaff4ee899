"""The one list of picture-making services: ours by name, and those of other people's packages."""

import threading
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stylestudio_desktop.providers.protocol import Provider

GROUP = "stylestudio.providers"
OURS = {"local": "stylestudio_desktop.providers.local:LocalProvider"}


class Providers(Mapping[str, "Provider"]):
    """One adapter for each service, made when it is first asked for.

    Neither the list of installed packages nor any adapter is needed for the first paint.
    """

    def __init__(self) -> None:
        """Know the names of our own services; others are looked up when all are wanted."""
        self._targets: dict[str, str] | None = None
        self._made: dict[str, Provider] = {}
        self._lock = threading.RLock()

    def __getitem__(self, name: str) -> "Provider":
        """Return the adapter called `name`, made now if it was not yet."""
        with self._lock:
            if name not in self._made:
                target = OURS.get(name) or self._all()[name]
                self._made[name] = _make(name, target)
            return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all services, ours first."""
        return iter(list(self._all()))

    def __len__(self) -> int:
        """Return how many services there are."""
        return len(self._all())

    def close(self) -> None:
        """Let go of everything that was made."""
        with self._lock:
            for provider in self._made.values():
                provider.close()
            self._made.clear()

    def _all(self) -> dict[str, str]:
        with self._lock:
            if self._targets is None:
                from importlib.metadata import entry_points

                self._targets = dict(OURS)
                for point in entry_points(group=GROUP):
                    self._targets.setdefault(point.name, point.value)
            return self._targets


def _make(name: str, target: str) -> "Provider":
    module, _, attribute = target.partition(":")
    made: Provider = getattr(import_module(module), attribute)()
    if made.card.id != name:
        raise ValueError(f"the service registered as {name} calls itself {made.card.id}")
    return made
