"""Remembers of an order what must outlive a crash: its photos' addresses, its first failures.

An order is told from all others in a list by its photos: they are uploaded anew for each, so that
their addresses stand in no other order. They are noted in the job's folder before the order goes
out: should its answer get lost, the service's list of recent orders is searched for them.
"""

import json
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from stylestudio_desktop.providers.protocol import Context

_NOTE = "uploaded.json"
_DEPTH = 6
_EARLIER_MS = 60_000
_MOST_PAGES = 5
Page = tuple[Iterable[tuple[str, Any]], str]
"""Ids and inputs of orders that the service lists, and what asks for the next page (or nothing)."""


def remember(addresses: Iterable[str], context: Context) -> None:
    """Note the addresses in the job's folder, durably. Raises OSError."""
    context.workdir.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = context.workdir / f"{_NOTE}.tmp"
    with part.open("w", encoding="utf-8") as file:
        json.dump(list(addresses), file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(context.workdir / _NOTE)


def remembered(context: Context) -> frozenset[str]:
    """Return the addresses noted here, none if there is no readable note."""
    try:
        found = json.loads((context.workdir / _NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return frozenset()
    if not isinstance(found, list):
        return frozenset()
    return frozenset(one for one in found if isinstance(one, str) and one)


def searched(submitted_at: int, context: Context, page: Callable[[str, str], Page]) -> str | None:
    """Return the id of the listed order that uses this job's photos, None where none does.

    `page(since, after)` asks the service for a page of orders since an ISO time, a minute before
    `submitted_at` (UTC milliseconds) as clocks differ. None found proves nothing: the list may be
    late.
    """
    ours = remembered(context)
    moment = datetime.fromtimestamp((submitted_at - _EARLIER_MS) / 1000, UTC)
    since, after = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"), ""
    for _ in range(_MOST_PAGES if ours else 0):
        orders, after = page(since, after)
        for name, inputs in orders:
            if stand_in(inputs, ours):
                return name
        if not after:
            break
    return None


def first_time(name: str, context: Context) -> bool:
    """Say whether `name` happens for the first time to this job, also across restarts."""
    mark = context.workdir / f"{name}.once"
    if mark.exists():
        return False
    context.workdir.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark.touch()
    return True


def stand_in(value: Any, addresses: frozenset[str], depth: int = _DEPTH) -> bool:
    """Say whether one of the addresses stands anywhere in an order's inputs."""
    if isinstance(value, str):
        return value in addresses
    if not depth or not isinstance(value, list | dict):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return any(stand_in(one, addresses, depth - 1) for one in inner)
