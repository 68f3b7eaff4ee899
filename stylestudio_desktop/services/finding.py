"""Finds pictures by what is typed and chosen: lists, facets with counts, and suggestions."""

from array import array
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.filters import DEFAULT_LIMIT, FileFilter
from stylestudio_desktop.domain.finding import (
    CATEGORIES,
    RATINGS,
    Condition,
    Query,
    parse,
    ratings,
    suggest,
)
from stylestudio_desktop.domain.ids import LARGEST_ID, FileId, id_at, made_at
from stylestudio_desktop.domain.records import Facet, Page, StoredFile
from stylestudio_desktop.services.paging import checked_limit
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import collections, facets, files, finding, tags
from stylestudio_desktop.store.comparing import Bounds


class Order(str, Enum):
    """How a list is sorted; the best rated come newest first within one rating."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RATING = "rating"


FACETS = ("category", "style", "provider", "rating", "favourite", "noted", "stacked")


def query_of(wanted: FileFilter, text: str | None = None) -> tuple[Query, Bounds]:
    """Return a filter's chips and its search (or `text`) as one query with bounds of ids."""
    query = parse(wanted.search if text is None else text)
    chips = []
    if wanted.category is not None:
        names = {stored: name for name, stored in CATEGORIES.items()}
        chips.append(Condition("category", names[wanted.category]))
    if wanted.favourite:
        chips.append(Condition("is", "favourite"))
    if wanted.trashed:
        chips.append(Condition("is", "trashed"))
    low = 0 if wanted.since is None else id_at(wanted.since)
    high = LARGEST_ID if wanted.until is None else min(LARGEST_ID, id_at(wanted.until))
    joined = tuple(dict.fromkeys((*query.conditions, *chips)))
    return Query(query.words, joined), Bounds(low, high)


class Listed(NamedTuple):
    """Pictures in the order asked for, and where each part begins: one a rating, best first.

    In the other orders there is one part.
    """

    ids: "array[int]"
    starts: tuple[int, ...] = (0,)


def listed(
    studio: Studio,
    query: Query,
    *,
    made_from: int | None = None,
    bounds: Bounds = Bounds(),  # noqa: B008 - immutable
    order: Order = Order.NEWEST,
    limit: int = -1,
) -> Listed:
    """Return the pictures that fit, in `order`, at most `limit` (-1: all of them).

    With `made_from`, only those made from that photo.
    """
    oldest = order is Order.OLDEST
    database, user = studio.database, studio.user_id
    among = None if made_from is None else files.made_from(database, user, made_from)
    found: array[int] = array("q")
    starts: list[int] = []
    for part in parts(query, order):
        starts.append(len(found))
        left = limit - len(found) if limit >= 0 else -1
        if left and among is None:
            found += finding.ids(database, user, part, bounds, left, oldest)
        elif left and among is not None:
            fits = sorted(fitting(studio, part, among, bounds), reverse=not oldest)
            found.extend(fits[:left] if left > 0 else fits)
    return Listed(found, tuple(starts))


def ids(
    studio: Studio,
    query: Query,
    *,
    bounds: Bounds = Bounds(),  # noqa: B008 - immutable
    order: Order = Order.NEWEST,
    newest: int | None = None,
    limit: int = -1,
) -> "array[int]":
    """Return the ids of pictures that fit, in `order`, at most `limit` (-1: all of them).

    `newest` leaves out what joined after that id. A window shows the first few hundred at once
    and fills the rest in the background.
    """
    if newest is not None:
        bounds = Bounds(bounds.low, min(bounds.high, newest + 1))
    return listed(studio, query, bounds=bounds, order=order, limit=limit).ids


def product_of(studio: Studio, file_id: int) -> tuple[FileId, str] | None:
    """Return the photo of a picture's product with its name: a photo is its own.

    None where that is not known, as for a picture that is gone.
    """
    product = files.product_of(studio.database, studio.user_id, file_id) or file_id
    row = files.get(studio.database, product, studio.user_id)
    return None if row is None else (FileId(row.id), row.filename)


def fitting(
    studio: Studio,
    query: Query,
    among: Sequence[int],
    bounds: Bounds = Bounds(),  # noqa: B008 - immutable
) -> set[int]:
    """Return those of some pictures that fit, so that a list can be touched where it changed."""
    return finding.fitting(studio.database, studio.user_id, query, bounds, among)


def parts(query: Query, order: Order) -> list[Query]:
    """Return the queries whose lists, one after the other, are the list in `order`."""
    if order is not Order.RATING:
        return [query]
    return [_rated(query, rating) for rating in sorted(ratings(query), reverse=True)]


def _rated(query: Query, rating: int) -> Query:
    """Return the query narrowed to one rating that it allows."""
    others = tuple(one for one in query.conditions if one.field != "rating")
    return Query(query.words, (*others, Condition("rating", str(rating))))


def listing(
    studio: Studio,
    query: Query,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
    *,
    bounds: Bounds = Bounds(),  # noqa: B008 - immutable
    order: Order = Order.NEWEST,
) -> Page[StoredFile]:
    """Return a page of pictures in `order`. Raises BadInput for a bad cursor or limit."""
    limit = checked_limit(limit)
    rating, last = _cursor(after, order)
    if order is Order.RATING:
        found = _rated_page(studio, query, bounds, (rating, last), limit + 1)
    else:
        if after is not None and order is Order.NEWEST:
            bounds = Bounds(bounds.low, min(bounds.high, last))
        elif after is not None:
            bounds = Bounds(max(bounds.low, last + 1), bounds.high)
        found = ids(studio, query, bounds=bounds, order=order, limit=limit + 1)
    shown = found[:limit]
    rows = {row.id: row for row in files.by_ids(studio.database, studio.user_id, shown)}
    items = [rows[one] for one in shown if one in rows]
    if len(found) <= limit:
        return Page(items, None)
    end = items[-1]
    return Page(items, f"{end.rating}.{end.id}" if order is Order.RATING else str(end.id))


def _rated_page(
    studio: Studio, query: Query, bounds: Bounds, after: tuple[int, int], limit: int
) -> "array[int]":
    rating, last = after
    found = array("q")
    for one in sorted((r for r in ratings(query) if r <= rating), reverse=True):
        high = min(bounds.high, last) if one == rating else bounds.high
        narrowed = _rated(query, one)
        found += ids(studio, narrowed, bounds=Bounds(bounds.low, high), limit=limit - len(found))
        if len(found) >= limit:
            break
    return found


def _cursor(after: str | None, order: Order) -> tuple[int, int]:
    """Return (rating, id) after which a page goes on. Raises BadInput."""
    if after is None:
        return max(RATINGS), LARGEST_ID
    rating, dot, last = after.rpartition(".")
    fits = bool(dot) == (order is Order.RATING) and (rating in {"", *map(str, RATINGS)})
    if not (fits and last.isascii() and last.isdigit() and int(last[:20]) <= LARGEST_ID):
        raise BadInput("That is not a cursor of this list. Take “next” from the page before.")
    return int(rating or max(RATINGS)), int(last)


def estimate(studio: Studio, query: Query) -> tuple[int, bool]:
    """Return how many pictures fit at most, and whether that is exact, without counting them."""
    return finding.estimate(studio.database, studio.user_id, query)


def facet_counts(studio: Studio) -> Mapping[str, list[Facet]]:
    """Return what live pictures are, with kept counts: by category, style, rating and so on."""
    found = {one: facets.values_of(studio.database, studio.user_id, one) for one in FACETS}
    found["tag"] = [
        Facet("tag", tag.name, tag.number) for tag in tags.listing(studio.database, studio.user_id)
    ]
    found["collection"] = [
        Facet("collection", one.name, one.number)
        for one in collections.listing(studio.database, studio.user_id)
    ]
    return found


def suggestions(studio: Studio, text: str, limit: int = 8) -> list[str]:
    """Return the typed text with its last part completed from fields and the library's values."""
    found = facet_counts(studio)
    values = {
        field: [one.value for one in found[field]]
        for field in ("style", "provider", "tag", "collection")
    }
    return suggest(text, values, limit)


def first_day(studio: Studio, query: Query) -> int | None:
    """Return when the oldest picture that fits was made, in UTC milliseconds, or None."""
    oldest = ids(studio, query, order=Order.OLDEST, limit=1)
    return made_at(oldest[0]) if oldest else None
