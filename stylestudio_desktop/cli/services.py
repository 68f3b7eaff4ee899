"""Commands on the picture services: list, add, test, remove, prefer, and consent to sending."""

import sys
from collections.abc import Sequence

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import SERVICE, note, print_json, say, table
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.services import connections, consents
from stylestudio_desktop.services.connections import Connection
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.vault.secrets import Source

_LONGEST_LINE = 4096
_WORDS = {
    Source.KEYRING: "in the keyring",
    Source.MEMORY: "until the program ends",
    Source.ENVIRONMENT: "from the environment",
}


def services(desk: Desk) -> int:
    """Carry out one of the actions on services."""
    action, names = desk.arguments.action or "list", desk.arguments.ids
    if action in ("add", "remove", "consent") and len(names) != 1:
        raise BadInput(f"“services {action}” needs the name of one service.")
    if action == "prefer" and not names:
        raise BadInput("“services prefer” needs the names of services, the best first.")
    with desk.open() as studio:
        if action == "test":
            return _test(desk, studio, names)
        if action == "list" and names:
            return _describe(desk, studio, names)
        sentence = _change(desk, studio, action, names)
        if sentence:
            note(sentence)
        _tell(desk, studio)
    return 0


def _change(desk: Desk, studio: Studio, action: str, names: Sequence[str]) -> str:
    given = desk.arguments
    if action == "add":
        return _add(desk, studio, names[0])
    if action == "remove":
        return connections.remove(studio, names[0])
    if action == "prefer":
        connections.prefer(studio, names)
    elif action == "consent":
        if given.withdraw:
            consents.withdraw(studio, names[0])
            return "Photos of people are not sent there any more."
        consents.give(studio, names[0])
        name = studio.provider(names[0]).card.name
        return f"Photos of people may be sent to {name} from now on."
    return ""


def _add(desk: Desk, studio: Studio, name: str) -> str:
    given = desk.arguments
    entry = connections.entry(studio, name)
    settings = _settings(given.set) if given.set else None
    key = _key(entry.name, connections.environment(name)) if given.key or entry.needs_key else ""
    added = connections.add(studio, name, settings, key)
    if given.ceiling is not None:
        connections.set_ceiling(studio, name, None if given.ceiling < 0 else given.ceiling)
    if key and added.key is Source.MEMORY:
        variable = connections.environment(name)
        hint = f" Set the environment variable {variable} instead." if variable else ""
        return f"{added.sentence} The key was not kept.{hint}"
    return added.sentence


def _settings(words: Sequence[str]) -> dict[str, str]:
    found = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not name or not sign:
            raise BadInput(f"“{word[:60]}” is not a setting. Write it as NAME=VALUE.")
        found[name] = value
    return found


def _key(service: str, variable: str) -> str:
    """Read a key from a prompt, or from standard input; never from what others can see."""
    if sys.stdin is None:
        return ""
    if not sys.stdin.isatty():
        return sys.stdin.readline(_LONGEST_LINE).strip()
    import getpass

    more = f" (Enter alone to use {variable})" if variable else " (Enter alone for none)"
    return getpass.getpass(f"Key for {service}{more}: ").strip()


def _test(desk: Desk, studio: Studio, names: Sequence[str]) -> int:
    found = {}
    for name in names or list(studio.providers):
        studio.provider(name)
        found[name] = connections.test(studio, name)
    if desk.json:
        print_json(
            {
                "services": [
                    {
                        "id": name,
                        "ready": one.ready,
                        "sentence": one.sentence,
                        "details": dict(one.details),
                    }
                    for name, one in found.items()
                ]
            }
        )
    else:
        for name, one in found.items():
            say(f"{name}: {'ready' if one.ready else 'not ready'}. {one.sentence}")
            for key, value in one.details.items():
                say(f"  {key}: {value}")
    return 0 if all(one.ready for one in found.values()) else SERVICE


def _describe(desk: Desk, studio: Studio, names: Sequence[str]) -> int:
    """Say what services can and can't do, before one of them is chosen."""
    cards = [studio.provider(name).card for name in names]
    if desk.json:
        print_json(
            {
                "services": [
                    {
                        "id": card.id,
                        "name": card.name,
                        "summary": card.summary,
                        "notes": list(card.notes),
                    }
                    for card in cards
                ]
            }
        )
        return 0
    for card in cards:
        say(f"{card.name} ({card.id}): {card.summary}")
        for told in card.notes:
            say(f"  - {told}")
    return 0


def _tell(desk: Desk, studio: Studio) -> None:
    found = connections.connections(studio)
    if desk.json:
        known = {one.card.id for one in found}
        more = [one.id for one in connections.addable(studio) if one.id not in known]
        trouble = list(connections.trouble(studio))
        print_json(
            {"services": [_shape(one) for one in found], "addable": more, "problems": trouble}
        )
        return
    table(
        ("Service", "Name", "Key", "This month", "People's photos", "State"),
        [
            (
                one.card.id,
                one.card.name,
                f"{one.ending} {_WORDS[one.key]}".strip()
                if one.key
                else ("missing" if one.card.needs_key else ""),
                f"{one.made}" if one.ceiling is None else f"{one.made} of {one.ceiling}",
                _consent(one),
                one.pause,
            )
            for one in found
        ],
    )


def _consent(one: Connection) -> str:
    if not one.card.remote:
        return "stay here"
    return "not agreed" if one.consent_at is None else f"agreed {shapes.day(one.consent_at)}"


def _shape(one: Connection) -> shapes.Json:
    return {
        "id": one.card.id,
        "name": one.card.name,
        "remote": one.card.remote,
        "needs_key": one.card.needs_key,
        "key": None if one.key is None else one.key.value,
        "settings": dict(one.settings),
        "ceiling": one.ceiling,
        "made_this_month": one.made,
        "consent_at": one.consent_at,
        "paused": one.pause or None,
        "tested_at": one.tested_at,
        "models": [
            {"id": model.id, "name": model.name, "refusal": model.refusal or None}
            for model in one.card.models
        ],
    }
