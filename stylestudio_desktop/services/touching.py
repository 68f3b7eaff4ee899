"""Tells where the few pictures that changed stand in a list now, so that no list is read again."""

from collections.abc import Collection
from itertools import islice
from typing import NamedTuple

from stylestudio_desktop.domain.finding import Query
from stylestudio_desktop.services import finding
from stylestudio_desktop.services.finding import Order
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files, similar
from stylestudio_desktop.store.comparing import Bounds

MOST = 5_000
"""Pictures on the stacks of those that changed; for more, the whole list is read."""


class Places(NamedTuple):
    """Of all pictures that were `looked` at, those that the list shows, with the part of each."""

    looked: set[int]
    shown: dict[int, int]


def places(
    studio: Studio,
    query: Query,
    changed: Collection[int],
    *,
    made_from: int | None = None,
    bounds: Bounds = Bounds(),  # noqa: B008 - immutable
    order: Order = Order.NEWEST,
) -> Places:
    """Return which of the pictures that `changed` the list of `finding.listed` shows, and where."""
    database, user = studio.database, studio.user_id
    among = set(changed)
    if made_from is not None:
        among &= set(files.made_from(database, user, made_from))
    shown: dict[int, int] = {}
    for number, part in enumerate(finding.parts(query, order)):
        fits = finding.fitting(studio, part, list(among), bounds)
        shown.update(dict.fromkeys(fits, number))
        among -= fits
    return Places(set(changed), shown)


def first_places(
    studio: Studio,
    query: Query,
    changed: Collection[int],
    *,
    stacks: Collection[int] = (),
    opened: frozenset[int] = frozenset(),
    made_from: int | None = None,
    bounds: Bounds = Bounds(),  # noqa: B008 - immutable
    order: Order = Order.NEWEST,
) -> Places | None:
    """Return `places` in a list that shows only the first of each stack, but all of `opened`.

    Whoever lies on a stack with what changed, or on one of `stacks`, is looked at too: another may
    be the first now. None where they are more than MOST.
    """
    database, user = studio.database, studio.user_id
    own = similar.placed(database, user, list(changed)).values()
    known = {one.stack_id for one in own if one.stack_id is not None} | set(stacks)
    lying = dict(islice(similar.on(database, user, sorted(known)), MOST + 1))
    if len(lying) > MOST:
        return None
    looked = {*changed, *lying}
    found = places(studio, query, looked, made_from=made_from, bounds=bounds, order=order)
    sign = 1 if order is Order.OLDEST else -1
    shown: dict[int, int] = {}
    seen: set[int] = set()
    for one, part in sorted(found.shown.items(), key=lambda item: (item[1], sign * item[0])):
        stack = lying.get(one)
        if stack is None or stack in opened or stack not in seen:
            shown[one] = part
        if stack is not None:
            seen.add(stack)
    return Places(looked, shown)
