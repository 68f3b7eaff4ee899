"""What the gallery's list asks for, as one value, and the way it is answered by the services."""

from array import array
from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.widgets.grid.runs import FALLING, Runs

if TYPE_CHECKING:
    from stylestudio_desktop.services.similar import Lookalikes
    from stylestudio_desktop.services.touching import Places
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
        return self.listed(wanted, limit, before)[0]

    def listed(
        self, wanted: Asked, limit: int = -1, before: int | None = None
    ) -> "tuple[array[int], Runs]":
        """Return what `ids` does, and how pictures are found in it."""
        if wanted == Asked():  # what a window opens with needs no reading of what is typed
            from stylestudio_desktop.services import library

            return library.newest(self._studio, before, limit), FALLING
        if wanted.alike is not None:
            return self._alike(wanted.alike), Runs()
        from stylestudio_desktop.services import finding

        query, bounds = finding.query_of(wanted.filter)
        if before is not None:
            bounds = bounds._replace(high=min(bounds.high, before))
        order, made_from = finding.Order(wanted.order), wanted.product
        found = finding.listed(
            self._studio, query, made_from=made_from, bounds=bounds, order=order, limit=limit
        )
        if wanted.stacked:
            from stylestudio_desktop.services import similar

            found = similar.collapsed(self._studio, found, wanted.opened)
        return found.ids, Runs(found.starts, rising=wanted.order == OLDEST)

    def _alike(self, file_id: int) -> "array[int]":
        """Return the picture itself and those that look like it. Raises NotFound."""
        from stylestudio_desktop.services import similar

        if self._lookalikes is None:
            self._lookalikes = similar.Lookalikes(self._studio)
        found = self._lookalikes.find(file_id)
        return array("q", [file_id, *(near.id for near in found)])

    def look(self, wanted: Asked, limit: int = -1) -> "tuple[array[int], State, Runs]":
        """Return ids, the state they belong to, and how they are found, of one moment."""
        with self._moment():
            found, runs = self.listed(wanted, limit)
            return found, self.state(wanted), runs

    def look_around(
        self, wanted: Asked, limit: int, around: Span | None, since: "Trail | None"
    ) -> "Around":
        """Return a plain list's front, the ids `around` the view, and what was done `since`."""
        from stylestudio_desktop.services import trail

        with self._moment():
            found = self.ids(wanted, limit) if wanted.plain else array("q")
            state = self.state(wanted)
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

    def places(
        self, wanted: Asked, changed: Collection[int], stacks: Collection[int]
    ) -> "Places | None":
        """Return where pictures that changed stand in the list now; None where it must be read.

        With `stacks`, from which they may have been taken.
        """
        from stylestudio_desktop.services import finding, touching

        if wanted.alike is not None:  # nothing joins those
            return touching.places(self._studio, finding.query_of(FileFilter())[0], changed)
        query, bounds = finding.query_of(wanted.filter)
        order, made_from = finding.Order(wanted.order), wanted.product
        if not wanted.stacked:
            return touching.places(
                self._studio, query, changed, made_from=made_from, bounds=bounds, order=order
            )
        return touching.first_places(
            self._studio, query, changed, stacks=stacks, opened=wanted.opened,
            made_from=made_from, bounds=bounds, order=order,
        )  # fmt: skip

    def state(self, wanted: Asked) -> State:
        """Return what kept counts tell, to be compared after a commit elsewhere."""
        from stylestudio_desktop.services import library, trail

        totals = library.totals(self._studio, wanted.filter.trashed)
        kind = wanted.filter.category
        number = sum(one.number for one in totals if kind in (None, one.key))
        return State(number, library.mark(self._studio), trail.trail(self._studio))
