"""Whether photos of people may go to a named third party: asked once, kept with its date."""

from stylestudio_desktop.config.chosen import Chosen, as_json, chosen_in
from stylestudio_desktop.config.settings import Settings
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import NeedsConsent, NotFound
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.providers.registry import Providers
from stylestudio_desktop.services.studio import Studio


def given(studio: Studio, provider: str) -> bool:
    """Say whether the user agreed to send photos of people to where the service now is."""
    one = _chosen(studio, provider)
    return one is not None and one.consent_at is not None and one.consent_to == host(studio, one)


def named(studio: Studio, provider: str) -> str:
    """Return what people are asked about: the service, with its host where that was entered."""
    name = studio.provider(provider).card.name
    one = _chosen(studio, provider)
    typed = "" if one is None or not one.settings.get("base_url") else host(studio, one)
    return f"{name} ({typed})" if typed else name


def missing(studio: Studio, brief: Brief) -> bool:
    """Say whether the brief would send a person's photo to a third party without consent."""
    if not brief.models or given(studio, brief.provider):
        return False
    return studio.provider(brief.provider).card.remote


def require(studio: Studio, brief: Brief) -> None:
    """Raise NeedsConsent where `missing` says so."""
    if missing(studio, brief):
        name = named(studio, brief.provider)
        raise NeedsConsent(
            f"Photos of people would be sent to {name}, and you have not agreed to that yet. "
            f"Nothing was started. Agree in Settings → Services, or with “stylestudio services "
            f"consent {brief.provider}” (or --consent), or choose a service on this computer.",
            brief.provider,
        )


def give(studio: Studio, provider: str) -> None:
    """Keep the consent, with its date and the host it is for. Raises NotFound, StorageError."""
    _keep(studio, provider, now_ms())


def withdraw(studio: Studio, provider: str) -> None:
    """Take the consent back; nothing more is sent. Raises NotFound, StorageError."""
    _keep(studio, provider, None)


def host(studio: Studio, one: Chosen) -> str:
    """Return the host that a service's photos go to: another one needs another consent."""
    from urllib.parse import urlsplit

    base = one.settings.get("base_url", "")
    offers = studio.providers.offers if isinstance(studio.providers, Providers) else None
    if not base and offers is not None:
        entry = offers.entry(one.id)
        base = "" if entry is None else entry.base_url
    return (urlsplit(base).hostname or "").lower()


def _chosen(studio: Studio, provider: str) -> Chosen | None:
    found = chosen_in(studio.settings.value.services)
    return next((one for one in found if one.id == provider), None)


def _keep(studio: Studio, provider: str, moment: int | None) -> None:
    def change(now: Settings) -> dict[str, list[object]]:
        found = chosen_in(now.services)
        if provider not in [one.id for one in found]:
            raise NotFound(
                f"The service “{provider[:60]}” is not among yours, so nothing was changed. Add "
                "it first."
            )
        new = [
            one._replace(
                consent_at=moment,
                consent_to=host(studio, one) if moment is not None else "",
            )
            if one.id == provider
            else one
            for one in found
        ]
        return {"services": as_json(new)}

    studio.settings.alter(change)
