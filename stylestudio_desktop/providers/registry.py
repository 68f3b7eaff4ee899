"""The one list of picture-making services: ours by name, and those of other people's packages."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points

from stylestudio_desktop.providers.protocol import Provider

GROUP = "stylestudio.providers"
OURS = {"local": "stylestudio_desktop.providers.local:LocalProvider"}


def build_providers() -> Mapping[str, Provider]:
    """Make one adapter for each service. Making one is cheap: nothing is started or asked."""
    names = dict(OURS)
    for point in entry_points(group=GROUP):
        names.setdefault(point.name, point.value)
    return {name: _make(name, target) for name, target in names.items()}


def _make(name: str, target: str) -> Provider:
    module, _, attribute = target.partition(":")
    made: Provider = getattr(import_module(module), attribute)()
    if made.card.id != name:
        raise ValueError(f"the service registered as {name} calls itself {made.card.id}")
    return made
