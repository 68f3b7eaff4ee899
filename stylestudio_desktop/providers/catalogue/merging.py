"""Lays over a catalogue's entry what the user typed and what the service said of itself."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from stylestudio_desktop.providers.catalogue.entries import ModelEntry, Price, ServiceEntry

_MOST_MODELS = 40
_LONGEST_NAME = 200


def merged(
    entry: ServiceEntry, settings: Mapping[str, str], learned: Mapping[str, Any]
) -> ServiceEntry:
    """Return `entry` with the models that the user named and what is known of each.

    `learned` has “models”: model → {refusal, seed, max_count, ratios, settings, prices}, all
    optional. It was kept as JSON in a file that people may edit, so everything is looked at.
    """
    models = {one.id: one for one in entry.models}
    for name in typed_models(settings.get("models", "")):
        if entry.models:
            models.setdefault(name, entry.model(name))
    known = learned.get("models")
    for name, facts in known.items() if isinstance(known, dict) else ():
        if name in models and isinstance(facts, dict):
            models[name] = _with_facts(models[name], facts)
    base = settings.get("base_url") or entry.base_url
    # What can be used comes first: the first one stands for a wish that names none.
    sorted_out = sorted(models.values(), key=lambda one: bool(one.refusal))
    return replace(entry, models=tuple(sorted_out), remote=entry.remote and not own(base))


def own(address: str) -> bool:
    """Say whether an address is this computer or the network around it, by its name alone."""
    try:
        host = (urlsplit(address).hostname or "").lower().rstrip(".")
    except ValueError:
        return False
    if host == "localhost" or host.endswith((".localhost", ".local", ".lan", ".home.arpa")):
        return True
    try:
        found = ip_address(host)
    except ValueError:
        return False
    return found.is_loopback or (found.is_private and not found.is_link_local)


def typed_models(text: str) -> list[str]:
    """Return the model names in a text, separated by commas or spaces, each once."""
    names = [name for name in re.split(r"[\s,;]+", text) if 0 < len(name) <= _LONGEST_NAME]
    return list(dict.fromkeys(names))[:_MOST_MODELS]


def _with_facts(model: ModelEntry, facts: Mapping[str, Any]) -> ModelEntry:
    able = model.capabilities
    changes: dict[str, Any] = {}
    for name in ("seed", "negative_prompt", "num_inference_steps", "guidance_scale", "strength"):
        if isinstance(facts.get(name), bool):
            changes[name] = facts[name]
    count = facts.get("max_count")
    if type(count) is int and 1 <= count <= able.max_count:
        changes["max_count"] = count
    ratios = facts.get("ratios")
    if isinstance(ratios, list):
        offered = tuple(ratio for ratio in able.ratios if ratio in ratios)
        changes["ratios"] = offered or able.ratios
    settings = facts.get("settings")
    refusal = facts.get("refusal")
    prices = tuple(_prices(facts.get("prices")))
    return replace(
        model,
        capabilities=replace(able, **changes),
        settings=MappingProxyType(
            {**model.settings, **(settings if isinstance(settings, dict) else {})}
        ),
        refusal=refusal if isinstance(refusal, str) else model.refusal,
        prices=prices or model.prices,
    )


def _prices(found: Any) -> list[Price]:
    prices = []
    for one in found if isinstance(found, list) else ():
        try:
            amount = Decimal(str(one["amount"]))
            words = (str(one.get(key, "")) for key in ("quality", "size", "dated", "source"))
            if amount.is_finite() and amount >= 0:
                prices.append(
                    Price(amount, str(one["currency"]), str(one.get("per", "picture")), *words)
                )
        except (InvalidOperation, KeyError, TypeError, AttributeError):
            continue  # an odd price is no price
    return prices
