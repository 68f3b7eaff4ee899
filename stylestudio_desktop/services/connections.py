"""The picture services that the user has connected: adding, testing, ordering, removing them.

Keys go through the vault alone; the settings file never holds one. The vault may ask another
process and wait, so that nothing here is called from the window's thread.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from stylestudio_desktop.config.chosen import LARGEST_CEILING, LONGEST, Chosen, as_json, chosen_in
from stylestudio_desktop.config.settings import Settings
from stylestudio_desktop.domain.errors import BadInput, Code, IllegalStep, NotFound, ServiceError
from stylestudio_desktop.domain.events import QueueChanged, ServicesChanged
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.providers.registry import LOCAL, Providers, Wanted
from stylestudio_desktop.providers.unusable import Unusable
from stylestudio_desktop.services import ceilings, consents
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import jobs
from stylestudio_desktop.vault.secrets import ENVIRONMENT, Source

if TYPE_CHECKING:
    from stylestudio_desktop.providers.catalogue import ServiceEntry
    from stylestudio_desktop.providers.offers import Offers
    from stylestudio_desktop.providers.protocol import Readiness, ServiceCard

_log = logging.getLogger(__name__)

_CURED_BY_TEST = (Code.NEEDS_KEY.value, Code.NEEDS_PAYMENT.value)


@dataclass(frozen=True, slots=True)
class Connection:
    """One service in use. `key` says where its key lies, `ending` shows its last characters."""

    card: "ServiceCard"
    settings: Mapping[str, str]
    key: Source | None
    ending: str
    ceiling: int | None
    made: int
    consent_at: int | None
    pause: str
    tested_at: int | None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of adding a service: where its key lies now, and a sentence about that."""

    key: Source | None
    sentence: str


def connections(studio: Studio) -> list[Connection]:
    """Return every service in use, the embedded engine too, in the order of preference."""
    pauses = jobs.pauses(studio.database)
    known = {one.id: one for one in chosen_in(studio.settings.value.services)}
    found = []
    for name, provider in studio.providers.items():
        one = known.get(name, Chosen(name))
        secret = _secret(name)
        found.append(
            Connection(
                card=provider.card,
                settings=one.settings,
                key=studio.secrets.source(secret) if name != LOCAL else None,
                ending=studio.secrets.ending(secret) if name != LOCAL else "",
                ceiling=one.ceiling,
                made=ceilings.made(studio, name),
                consent_at=one.consent_at if consents.given(studio, name) else None,
                pause=pauses[name][2] if name in pauses else "",
                tested_at=one.tested_at,
            )
        )
    return found


def standing(studio: Studio) -> "dict[str, Readiness]":
    """Say of each service whether it can take work now, as far as this computer knows.

    Only the embedded engine is asked; what lies elsewhere is asked by `test` alone.
    """
    from stylestudio_desktop.providers.protocol import Readiness

    pauses = jobs.pauses(studio.database)
    found = {}
    for name, provider in studio.providers.items():
        card, pause = provider.card, pauses.get(name)
        if card.originals:
            found[name] = provider.check()
        elif isinstance(provider, Unusable):
            found[name] = Readiness(False, provider.sentence)
        elif card.needs_key and studio.secrets.source(_secret(name)) is None:
            found[name] = Readiness(False, f"{card.name} has no key yet. Enter one in Settings.")
        elif pause is not None and pause[1] in _CURED_BY_TEST:
            found[name] = Readiness(False, pause[2])
        else:
            found[name] = Readiness(True, "")
    return found


def addable(studio: Studio) -> "tuple[ServiceEntry, ...]":
    """Return every service that there is, added or not, as the catalogue has it."""
    return _offers(studio).entries()


def trouble(studio: Studio) -> tuple[str, ...]:
    """Return sentences about what is wrong in the catalogue, the user's own, and other packages."""
    return _offers(studio).services().problems


def entry(studio: Studio, name: str) -> "ServiceEntry":
    """Return the catalogue's entry of a service. Raises NotFound."""
    found = _offers(studio).entry(name)
    if found is None:
        names = ", ".join(one.id for one in addable(studio))
        raise NotFound(f"There is no service called “{name[:60]}”. Choose one of: {names}.")
    return found


def add(
    studio: Studio, name: str, settings: Mapping[str, str] | None = None, key: str = ""
) -> Added:
    """Add a service, or change one that is there; None leaves its settings, "" its key alone.

    Raises NotFound, or BadInput for a setting that it does not have, an address that can't be
    one, or a text that can't be a key; nothing has changed then.
    """
    found = entry(studio, name)
    if settings is not None:
        _check(studio, found, settings)
    source = studio.secrets.set(_secret(name), key) if key else None

    def change(now: Settings) -> dict[str, Any]:
        chosen = chosen_in(now.services)
        old = next((one for one in chosen if one.id == name), None)
        new = old or Chosen(name)
        if settings is not None:
            kept = {field: value for field, value in settings.items() if value.strip()}
            new = new._replace(settings=MappingProxyType(kept))
        if old is None:
            return {"services": as_json([*chosen, new])}
        return {"services": as_json([new if one.id == name else one for one in chosen])}

    studio.settings.alter(change)
    if key:
        _resume(studio, name, _CURED_BY_TEST)
    studio.bus.publish(ServicesChanged())
    return Added(source or studio.secrets.source(_secret(name)), _about_key(studio, found, source))


def test(studio: Studio, name: str) -> "Readiness":
    """Ask a service whether it takes work, and keep what it says of its models; costs nothing.

    A service that was paused for a missing key or payment goes on when it is ready again.
    """
    from stylestudio_desktop.providers.protocol import Learns, ProviderError

    provider = studio.provider(name)
    learned: Mapping[str, Any] | None = None
    try:
        found = provider.check()
        if found.ready and isinstance(provider, Learns):
            try:
                learned = provider.learn()
            except ProviderError as error:
                details = {**found.details, "models": error.sentence}
                found = replace(found, details=details)
    except ProviderError as error:
        raise ServiceError(error.sentence) from error
    except Exception as error:
        # Ours answer in words; other people's packages may fail in any way.
        _log.exception("the service %s could not be asked", name)
        raise ServiceError(
            f"The package of the service “{name[:60]}” is broken ({type(error).__name__}). Nothing "
            "was sent. Install it again, or remove the service in Settings."
        ) from error
    if found.ready:
        _resume(studio, name, _CURED_BY_TEST)
    if name in [one.id for one in chosen_in(studio.settings.value.services)]:
        _alter(studio, name, tested_at=now_ms(), **({"learned": learned} if learned else {}))
    return found


def remove(studio: Studio, name: str) -> str:
    """Take a service out of use and forget its key; return a sentence about the key.

    Raises NotFound, or IllegalStep while pictures wait or run there.
    """
    _known(studio, name)
    if jobs.pictures(studio.database, name):
        raise IllegalStep(
            "Pictures still wait or run at this service, and may be paid for. Nothing was "
            "changed. Let them end, or cancel them, and remove the service then."
        )
    forgotten = studio.secrets.delete(_secret(name))

    def change(now: Settings) -> dict[str, Any]:
        return {"services": as_json([one for one in chosen_in(now.services) if one.id != name])}

    studio.settings.alter(change)
    _resume(studio, name)
    studio.bus.publish(ServicesChanged())
    if not forgotten:
        return "The keyring is locked and may still hold the key. Unlock it and remove it there."
    return "Its key is forgotten."


def prefer(studio: Studio, names: Sequence[str]) -> None:
    """Put the services into this order; those not named keep theirs, behind. Raises NotFound."""
    for name in names:
        if name != LOCAL:
            _known(studio, name)

    def change(now: Settings) -> dict[str, Any]:
        chosen = {one.id: one for one in chosen_in(now.services)}
        chosen = chosen if LOCAL in chosen else {LOCAL: Chosen(LOCAL), **chosen}
        order = [*dict.fromkeys(names), *(name for name in chosen if name not in names)]
        return {"services": as_json([chosen[name] for name in order])}

    studio.settings.alter(change)
    studio.bus.publish(ServicesChanged())


def set_ceiling(studio: Studio, name: str, pictures: int | None) -> None:
    """Allow a service so many pictures a month, None for any number. Raises NotFound, BadInput."""
    if pictures is not None and not 0 <= pictures <= LARGEST_CEILING:
        raise BadInput(f"A ceiling lies between 0 and {LARGEST_CEILING} pictures a month.")
    _known(studio, name)
    _alter(studio, name, ceiling=pictures)
    _resume(studio, name, (Code.BUDGET_REACHED.value,))
    studio.bus.publish(ServicesChanged())


def environment(name: str) -> str:
    """Return the environment variable that may hold a service's key, empty where there is none."""
    return ENVIRONMENT.get(_secret(name), "")


def _secret(name: str) -> str:
    return f"provider:{name}"


def _offers(studio: Studio) -> "Offers":
    providers = studio.providers
    offers = providers.offers if isinstance(providers, Providers) else None
    if offers is None:
        raise IllegalStep("The services of this library are fixed, so none can be added.")
    return offers


def _known(studio: Studio, name: str) -> Chosen:
    for one in chosen_in(studio.settings.value.services):
        if one.id == name:
            return one
    raise NotFound(f"The service “{name[:60]}” is not among yours, so nothing was changed.")


def _alter(studio: Studio, name: str, **changes: Any) -> None:
    def change(now: Settings) -> dict[str, Any]:
        chosen = chosen_in(now.services)
        new = [one._replace(**changes) if one.id == name else one for one in chosen]
        return {"services": as_json(new)}

    studio.settings.alter(change)


def _check(studio: Studio, found: "ServiceEntry", settings: Mapping[str, str]) -> None:
    fields = {one.name: one for one in found.fields}
    for name, value in settings.items():
        if name not in fields:
            names = ", ".join(fields) or "none"
            raise BadInput(
                f"{found.name} has no setting “{name[:60]}”. It has: {names}. Nothing was changed."
            )
        choices = ("", *fields[name].choices)
        choices = ("", "yes", "no") if fields[name].kind == "yes" else choices
        if len(choices) > 1 and value not in choices:
            raise BadInput(f"“{name}” is one of {', '.join(choices[1:])}. Nothing was changed.")
        if len(value) > LONGEST or not value.isprintable():
            raise BadInput(f"The value of “{name}” is too long or holds odd signs.")
    assert isinstance(studio.providers, Providers)  # noqa: S101 - the entry came from there
    made = studio.providers.built(Wanted(found.id, settings))
    if isinstance(made, Unusable):
        raise BadInput(made.sentence)


def _about_key(studio: Studio, found: "ServiceEntry", source: Source | None) -> str:
    if source is not None:
        return studio.secrets.keeping().sentence
    there = studio.secrets.source(_secret(found.id))
    if there is Source.ENVIRONMENT:
        return f"Its key is taken from the environment variable {environment(found.id)}."
    if there is None and found.needs_key:
        return f"{found.name} has no key yet, so it can't be used. Enter one."
    return ""


def _resume(studio: Studio, name: str, reasons: Sequence[str] = ()) -> None:
    """End a service's pause, if it is for one of `reasons` (of any kind, where none is given)."""
    pause = jobs.pauses(studio.database).get(name)
    if pause is None or (reasons and pause[1] not in reasons):
        return
    with studio.database.write():
        jobs.resume(studio.database, name)
        studio.tell(QueueChanged())
