"""What the gallery's list asks for, as one value, and the way it is answered by the services."""

from array import array
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.widgets.grid import runs
from stylestudio_desktop.ui.widgets.grid.runs import Runs

if TYPE_CHECKING:
    from stylestudio_desktop.services.similar import Lookalikes
    from stylestudio_desktop.services.trail import Trail

NEWEST, OLDEST, RATING = "newest", "oldest", "rating"
ORDERS = (NEWEST, OLDEST, RATING)

MOST_AROUND = 5_000
"""Ids read around the view; no screen shows as many."""

MOST_FOLLOWED = 5_000
"""Pictures that were changed elsewhere and are looked at one by one; for more, the list is read."""


class Asked(NamedTuple):
    """One list: what its pictures must be, and in which of `ORDERS` they come.

    With `stacked`, only the first of each stack of look-alikes is shown, but all of those stacks
    that are `opened`. With `alike`, the pictures that look like that one, the most alike first.
    With `product`, only what was made from that photo.
    """

    filter: FileFilter = FileFilter()
    order: str = NEWEST
    stacked: bool = False
    opened: frozenset[int] = frozenset()
    alike: int | None = None
    product: int | None = None

    @property
    def dated(self) -> bool:
        """Whether the pictures come newest first, so that dates can be headings."""
        return self.order == NEWEST and self.alike is None

    @property
    def plain(self) -> bool:
        """Whether the list can be read on from any id, and grows at its front."""
        return self.dated and not self.stacked and self.product is None

    @property
    def steady(self) -> bool:
        """Whether every picture keeps its place among the others, whatever is done to it."""
        return self.order in (NEWEST, OLDEST) and not self.stacked

    @property
    def endless(self) -> bool:
        """Whether there may be more than is read at first, or join later."""
        return self.alike is None

    @property
    def counted(self) -> bool:
        """Whether kept counts tell that a commit elsewhere changed who belongs to the list."""
        wanted = self.filter
        return self.plain and not (wanted.favourite or wanted.search)


class Span(NamedTuple):
    """A part of a list: ids from `low` on and below `high`."""

    low: int
    high: int


class State(NamedTuple):
    """The library as its kept counts tell it: pictures of the kind, and a mark of all counts.

    `trail` is how far all that is done to single pictures was.
    """

    number: int
    mark: tuple[tuple[str, str, int], ...]
    trail: "Trail"

    def differs(self, before: "State | None", wanted: Asked, grown: int) -> bool:
        """Say whether others belong to a list, now `grown` by so many, than it held `before`."""
        if before is None:
            return True
        if wanted.counted:
            return self.number - before.number != grown
        return self.mark != before.mark


class Around(NamedTuple):
    """One moment of a list: its front, its state, the ids in view, and what changed since a look.

    `changed` is None where that is too much to be told, or there was no look.
    """

    front: "array[int]"
    state: State
    seen: "array[int]"
    changed: list[int] | None


class Asking:
    """Answers on background threads; what it needs is imported when it is first asked."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._lookalikes: Lookalikes | None = None

    def ids(self, wanted: Asked, limit: int = -1, before: int | None = None) -> "array[int]":
        """Return ids in the order asked for, at most `limit` (-1: all), below `before`."""
        if wanted == Asked():  # what a window opens with needs no reading of what is typed
            from stylestudio_desktop.services import library

            return library.newest(self._studio, before, limit)
        if wanted.alike is not None:
            return self._alike(wanted.alike)
        from stylestudio_desktop.services import finding

        query, bounds = finding.query_of(wanted.filter)
        if before is not None:
            bounds = bounds._replace(high=min(bounds.high, before))
        order = finding.Order(wanted.order)
        if wanted.product is not None:
            found = finding.made_from(
                self._studio, wanted.product, query, bounds=bounds, order=order
            )
            found = found[:limit] if limit >= 0 else found
        else:
            found = finding.ids(self._studio, query, bounds=bounds, order=order, limit=limit)
        if not wanted.stacked:
            return found
        from stylestudio_desktop.services import similar

        return similar.collapsed(self._studio, found, wanted.opened)

    def _alike(self, file_id: int) -> "array[int]":
        """Return the picture itself and those that look like it. Raises NotFound."""
        from stylestudio_desktop.services import similar

        if self._lookalikes is None:
            self._lookalikes = similar.Lookalikes(self._studio)
        found = self._lookalikes.find(file_id)
        return array("q", [file_id, *(near.id for near in found)])

    def look(self, wanted: Asked, limit: int = -1) -> "tuple[array[int], State]":
        """Return ids and the state they belong to, of one moment."""
        with self._moment():
            return self.ids(wanted, limit) if limit else array("q"), self.state(wanted)

    def whole(self, wanted: Asked) -> "tuple[array[int], State, Runs]":
        """Return what `look` does of a whole list, and how its pictures are found in it."""
        found, state = self.look(wanted)
        return found, state, Runs() if wanted.dated else runs.found(found, wanted.order == OLDEST)

    def look_around(
        self, wanted: Asked, limit: int, around: Span | None, since: "Trail | None"
    ) -> "Around":
        """Return a plain list's front, the ids `around` the view, and what was done `since`."""
        from stylestudio_desktop.services import trail

        with self._moment():
            found, state = self.look(wanted, limit if wanted.plain else 0)
            seen = array("q") if around is None else self.between(wanted, around)
            if since is None:
                return Around(found, state, seen, None)
            done = trail.followed(self._studio, since, state.trail, MOST_FOLLOWED)
            return Around(found, state, seen, done)

    def between(self, wanted: Asked, span: Span) -> "array[int]":
        """Return the ids of a plain list within `span`, newest first and at most MOST_AROUND."""
        from stylestudio_desktop.services import finding

        query, whole = finding.query_of(wanted.filter)
        both = whole._replace(low=max(whole.low, span.low), high=min(whole.high, span.high))
        return finding.ids(self._studio, query, bounds=both, limit=MOST_AROUND)

    def _moment(self) -> "AbstractContextManager[None]":
        from stylestudio_desktop.services import library

        return library.moment(self._studio)

    def fitting(self, wanted: Asked, among: Sequence[int]) -> set[int]:
        """Return those of some pictures that belong to the list."""
        from stylestudio_desktop.services import finding

        query, bounds = finding.query_of(FileFilter() if wanted.alike else wanted.filter)
        return finding.fitting(self._studio, query, among, bounds)

    def state(self, wanted: Asked) -> State:
        """Return what kept counts tell, to be compared after a commit elsewhere."""
        from stylestudio_desktop.services import library, trail

        totals = library.totals(self._studio, wanted.filter.trashed)
        kind = wanted.filter.category
        number = sum(one.number for one in totals if kind in (None, one.key))
        return State(number, library.mark(self._studio), trail.trail(self._studio))
