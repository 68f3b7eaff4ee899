"""Reads the list of services from the file that ships and from the user's own over it."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.providers.catalogue.entries import (
    Field,
    ModelEntry,
    Price,
    ServiceEntry,
    Services,
)
from stylestudio_desktop.providers.catalogue.reading import (
    choice,
    flag,
    list_of,
    maybe,
    number,
    object_of,
    text,
    texts,
    within,
)
from stylestudio_desktop.providers.protocol import Capabilities, Charges, Reattach

_log = logging.getLogger(__name__)
_LARGEST = 2_000_000
_RATIOS = ("1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4")
_KINDS = ("address", "text", "choice", "yes", "folder")
_Made = TypeVar("_Made")


def load_services(path: Path, users: Path | None = None) -> Services:
    """Read the catalogue at `path`, with the user's own file over it where there is one.

    An entry that can't be understood is left out and named in `problems`. Raises BadInput where
    the whole shipped file is unusable; a user's file that is, is left out and named.
    """
    problems: list[str] = []
    shipped = _read(path)
    services = _services(shipped, (), path.name, problems)
    dated = text(shipped, "dated")
    if users is not None and users.is_file():
        try:
            own = _read(users)
            services = _services(own, services, users.name, problems)
            dated = max(dated, text(own, "dated", dated))
        except BadInput as error:
            problems.append(error.sentence)
    for problem in problems:
        _log.warning("%s", problem)
    return Services(dated, services, tuple(problems))


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("it is too large")
        found = json.loads(path.read_text("utf-8"), parse_float=Decimal)
        if not isinstance(found, dict) or not isinstance(found.get("services"), list):
            raise TypeError("it has no list “services”")
        text(found, "dated", "")
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise BadInput(
            f"The list of services {path.name} can't be used: {error}. Nothing was changed. Mend "
            "the file, or remove it to use the one that comes with the program."
        ) from error
    return found


def _services(
    found: Mapping[str, Any], base: Iterable[ServiceEntry], file: str, problems: list[str]
) -> tuple[ServiceEntry, ...]:
    known = {one.id: one for one in base}
    for raw in found["services"]:
        name = str(raw.get("id", "?"))[:60] if isinstance(raw, dict) else "?"
        made = _try(partial(_service, raw, known, file, problems), file, name, problems)
        if made is not None:
            known[made.id] = made
    return tuple(known.values())


def _try(make: Callable[[], _Made], file: str, name: str, problems: list[str]) -> _Made | None:
    try:
        return make()
    except KeyError as error:
        problem = f"“{error.args[0]}” is missing"
    except (ValueError, TypeError) as error:
        problem = str(error)
    problems.append(f"{file}: “{name}” was left out, since {problem}.")
    return None


def _service(
    raw: Any, known: Mapping[str, ServiceEntry], file: str, problems: list[str]
) -> ServiceEntry:
    if not isinstance(raw, dict):
        raise TypeError("it is not an object")
    identity = text(raw, "id")
    old = known.get(identity)
    models = {one.id: one for one in (old.models if old else ())}
    for one in list_of(raw, "models"):
        name = f"{identity} / {one.get('id', '?') if isinstance(one, dict) else '?'}"
        made = _try(partial(_model, one), file, name, problems)
        if made is not None:
            models.pop(made.id, None)
            models[made.id] = made
    poll = list_of(raw, "poll_s") or list(old.poll_s if old else (1.0, 5.0))
    return ServiceEntry(
        id=identity,
        name=text(raw, "name", old.name if old else None),
        summary=text(raw, "summary", old.summary if old else None),
        base_url=text(raw, "base_url", old.base_url if old else ""),
        hosts=texts(raw, "hosts") or (old.hosts if old else ()),
        remote=flag(raw, "remote", old.remote if old else True),
        needs_key=flag(raw, "needs_key", old.needs_key if old else True),
        concurrency=int(number(raw, "concurrency", 1, 64, old.concurrency if old else 1)),
        poll_s=(within(poll[0], 0.1, 60), within(poll[-1], 0.1, 600)),
        deadline_s=maybe(raw, "deadline_s", 10, 86_400, old.deadline_s if old else 600.0),
        notes=texts(raw, "notes") or (old.notes if old else ()),
        models=tuple(models.values()),
        dated=text(raw, "dated", old.dated if old else ""),
        settings=MappingProxyType({**(old.settings if old else {}), **object_of(raw, "settings")}),
        fields=tuple(_field(one) for one in list_of(raw, "fields")) or (old.fields if old else ()),
    )


def _field(raw: Any) -> Field:
    if not isinstance(raw, dict):
        raise TypeError("a field is not an object")
    kind = text(raw, "kind", "text")
    choices = texts(raw, "choices")
    if kind not in _KINDS or (kind == "choice" and not choices):
        raise ValueError("a field is of no known kind")
    return Field(text(raw, "name"), kind, choices)


def _model(raw: Any) -> ModelEntry:
    if not isinstance(raw, dict):
        raise TypeError("it is not an object")
    identity = text(raw, "id")
    qualities = {str(k): str(v) for k, v in object_of(raw, "qualities").items()}
    modes = texts(raw, "modes")
    people = int(number(raw, "max_models", 0, 16, 0))
    lifetime = maybe(raw, "result_lifetime_s", 1, 10**9, None)
    knobs: dict[str, Any] = {
        knob: flag(raw, knob, False)
        for knob in (
            "seed",
            "strength",
            "guidance_scale",
            "num_inference_steps",
            "negative_prompt",
            "needs_model_photo",
            "cutouts",
            "cancel",
        )
    }
    able = Capabilities(
        max_products=int(number(raw, "max_products", 1, 16, 1)),
        max_models=people,
        ratios=texts(raw, "ratios") or _RATIOS,
        qualities=tuple(qualities) or ("draft", "standard", "high"),
        max_count=int(number(raw, "max_count", 1, 10, 1)),
        **knobs,
        reattach=choice(Reattach, raw.get("reattach"), Reattach.NONE),
        result_lifetime_s=None if lifetime is None else int(lifetime),
        upload_max_bytes=int(number(raw, "upload_max_bytes", 10_000, 10**9, 10_000_000)),
        upload_max_side=int(number(raw, "upload_max_side", 64, 20_000, 2048)),
        charges_on_failure=choice(Charges, raw.get("charges_on_failure"), Charges.UNKNOWN),
        charges_on_refusal=choice(Charges, raw.get("charges_on_refusal"), Charges.UNKNOWN),
    )
    return ModelEntry(
        id=identity,
        name=text(raw, "name", identity),
        modes=modes or (("product", "person") if people else ("product",)),
        capabilities=able,
        quality_names=MappingProxyType(qualities),
        sizes=MappingProxyType({str(k): str(v) for k, v in object_of(raw, "sizes").items()}),
        prices=tuple(_price(one) for one in list_of(raw, "prices")),
        settings=MappingProxyType(object_of(raw, "settings")),
    )


def _price(raw: Any) -> Price:
    if not isinstance(raw, dict):
        raise TypeError("a price is not an object")
    try:
        amount = Decimal(str(raw["amount"]))
    except InvalidOperation as error:
        raise ValueError("a price is not a number") from error
    if not amount.is_finite() or not 0 <= amount <= 100_000:
        raise ValueError("a price is not a usable number")
    rest = (text(raw, key, "") for key in ("quality", "size", "dated", "source"))
    return Price(amount, text(raw, "currency"), text(raw, "per", "picture"), *rest)
