"""What people call the styles, qualities and services that rows only know by their ids."""

from contextlib import suppress

from stylestudio_desktop.domain.errors import NotFound, StudioError
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.said import spoken


class Names:
    """Asked on background threads: a service's name may load the service."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    def style(self, name: str) -> str:
        """Return a style's name, or its id where the catalogue does not know it any more."""
        with suppress(NotFound):
            return spoken(self._studio.catalogue.style(name).name)
        return name

    def quality(self, name: str) -> str:
        """Return a quality's name, or its id."""
        with suppress(NotFound):
            return spoken(self._studio.catalogue.quality(name).name)
        return name

    def service(self, name: str, model: str | None = None) -> str:
        """Return the names of a service and of its model, or their ids where it is not here."""
        provider = None
        with suppress(StudioError, ImportError, ValueError):  # somebody's package may be broken
            provider = self._studio.providers.get(name)
        if provider is None:
            return " ".join(filter(None, (name, model)))
        card = provider.card
        models = {one.id: spoken(one.name) for one in card.models}
        shown = models.get(model or "", model or "")
        name = spoken(card.name)
        return name if not shown or len(models) == 1 else f"{name}, {shown}"
