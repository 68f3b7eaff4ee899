"""Turns a query into one statement that walks an index from the most selective side.

The smallest kept count says which index is walked; everything else is asked of the rows met on
the way. Several values (ratings, styles) are walked side by side and merged in order, so nothing
is ever sorted, whatever is combined.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from stylestudio_desktop.domain.finding import CATEGORIES, RATINGS, Query, fold, ratings, span
from stylestudio_desktop.domain.ids import LARGEST_ID, id_at
from stylestudio_desktop.store import narrowing, reading
from stylestudio_desktop.store.comparing import Bounds, Compared, pages
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.facets import number_of
from stylestudio_desktop.store.matching import match_text
from stylestudio_desktop.store.narrowing import narrower
from stylestudio_desktop.store.rows import placeholders, portions
from stylestudio_desktop.store.walking import LIVE, SOURCES, TRASHED_STATE, walk

PROBE_COST = 30
"""Asking the text index about one picture costs as much as walking so many of its hits."""

PAGE = 100

MOST_STREAMS = 16
_PROBE = "EXISTS (SELECT 1 FROM file_search WHERE file_search MATCH ? AND rowid = f.id)"
_MEMBER = "EXISTS (SELECT 1 FROM file_{0}s WHERE {0}_id = ? AND file_id = f.id)"
_COLLECTED = "EXISTS (SELECT 1 FROM collection_files WHERE collection_id = ? AND file_id = f.id)"
_MEMBERS = {"tag": _MEMBER.format("tag"), "collection": _COLLECTED}
_PLAIN = {"favourite": "f.favourite = 1", "stacked": "f.stack_id IS NOT NULL"}


@dataclass(slots=True)
class _Wanted:
    """A query looked up in one library: what must hold, as SQL and values, and who can lead."""

    user_id: int
    trashed: bool
    match: str | None
    low: int
    high: int
    empty: bool = False
    filters: dict[str, tuple[str, list[Any]]] = field(default_factory=dict)
    leaders: dict[str, tuple[int, list[tuple[Any, ...]]]] = field(default_factory=dict)


def ids(
    db: Database,
    user_id: int,
    query: Query,
    bounds: Bounds = Bounds(),  # noqa: B008 - immutable
    limit: int = -1,
    oldest: bool = False,
) -> "array[int]":
    """Return the ids of pictures that fit, newest (or `oldest`) first, at most `limit` (-1: all).

    The next page begins where the last id of this one becomes the bound.
    """
    wanted = _looked_up(db, user_id, query, bounds)
    if wanted.empty or wanted.low >= wanted.high:
        return array("q")
    sql, values, compared = _planned(db, wanted, query, limit, oldest)
    if compared is not None and limit >= 0:
        return pages(db, compared, Bounds(wanted.low, wanted.high), limit)
    return reading.ids(db, sql, values)


def fitting(
    db: Database, user_id: int, query: Query, bounds: Bounds, among: Sequence[int]
) -> set[int]:
    """Return those of the pictures `among` that fit, found from their own rows alone."""
    wanted = _looked_up(db, user_id, query, bounds)
    if wanted.empty or wanted.low >= wanted.high:
        return set()
    tests = dict(wanted.filters)
    if wanted.match is not None:
        tests["match"] = (_PROBE, [wanted.match])
    fragments = "".join(f" AND {sql}" for sql, _ in tests.values())
    after = [wanted.low, wanted.high, user_id, *(v for _, some in tests.values() for v in some)]
    state = TRASHED_STATE if wanted.trashed else LIVE
    found: set[int] = set()
    for some in portions(among):
        sql = (
            # Not indexed: rows are looked up by id, whatever else could be walked.
            "SELECT f.id FROM files AS f NOT INDEXED"  # noqa: S608 - our own texts
            f" WHERE f.id IN ({placeholders(len(some))})"
            f" AND f.id >= ? AND f.id < ? AND {state}{fragments}"
        )
        found.update(row[0] for row in db.rows(sql, [*some, *after]))
    return found


def statement(
    db: Database, user_id: int, query: Query, bounds: Bounds, limit: int, oldest: bool = False
) -> tuple[str, list[Any]]:
    """Return the statement of a list and its values; empty text where nothing can fit."""
    wanted = _looked_up(db, user_id, query, bounds)
    if wanted.empty or wanted.low >= wanted.high:
        return "", []
    return _planned(db, wanted, query, limit, oldest)[:2]


def _planned(
    db: Database, wanted: _Wanted, query: Query, limit: int, oldest: bool
) -> tuple[str, list[Any], Compared | None]:
    """Return a list's statement and values, and what its hits are compared with, if that pays."""
    leader, streams = _leader(db, wanted)
    if leader == "text" and (index := _narrower(db, wanted)) is not None:
        match = match_text(wanted.user_id, query, owned=False) or ""
        most = min(FEW, index[1] // max(1, narrowing.ROW_COST))
        if int(db.value(_HITS, (match, most))) >= most:
            compared = _compared(*index, wanted, match, oldest)
            return *compared.whole(Bounds(wanted.low, wanted.high), limit), compared
    filters = {name: one for name, one in wanted.filters.items() if name not in _COVERED[leader]}
    if leader != "text" and wanted.match is not None:
        filters["match"] = (_PROBE, [wanted.match])
    fragments = tuple(sql for sql, _ in filters.values())
    after = [value for _, values in filters.values() for value in values]
    sql = walk(leader, len(streams), fragments, wanted.trashed, oldest)
    values: list[Any] = []
    for stream in streams:
        values += [*stream, wanted.low, wanted.high, wanted.user_id, *after]
    return sql, [*values, limit], None


def _among_many(db: Database, user_id: int) -> bool:
    """Say whether most hits of a word would be other people's.

    Then the text index is asked for the owner too. It walks everything that is the owner's for
    that, which takes far longer than to look at the owner of each hit of a rarer word.
    """
    mine, all_ = db.row(_SHARE, (user_id,)) or (0, 0)
    return bool((mine or 0) * OTHERS < (all_ or 0))


# What needs no second test because the index walked holds it already.
_COVERED: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in SOURCES},
    "look": ("style", "provider"),
}


def _looked_up(db: Database, user_id: int, query: Query, bounds: Bounds) -> _Wanted:
    match = match_text(user_id, query, owned=_among_many(db, user_id)) if query.words else None
    wanted = _Wanted(user_id, query.trashed, match, *bounds)
    _add_dates(wanted, query)
    _add_ratings(db, wanted, query)
    _add_values(db, wanted, query)
    _add_members(db, wanted, query)
    _add_states(db, wanted, query)
    if len(wanted.leaders.get("style", (0, []))[1]) * len(query.of("provider")) > 0:
        pairs = [(s, p) for (s,), (p,) in product(*(wanted.leaders[n][1] for n in _LOOK))]
        if len(pairs) <= MOST_STREAMS:
            fewest = min(wanted.leaders[name][0] for name in _LOOK)
            wanted.leaders["look"] = (fewest // 2, pairs)
    return wanted


_LOOK = ("style", "provider")


def _add_dates(wanted: _Wanted, query: Query) -> None:
    for value in query.of("date"):
        low, high = _id_span(value)
        wanted.low, wanted.high = max(wanted.low, low), min(wanted.high, high)
    for number, value in enumerate(query.of("date", excluded=True)):
        wanted.filters[f"not date {number}"] = (
            "NOT (f.id >= ? AND f.id < ?)",
            list(_id_span(value)),
        )


def _id_span(value: str) -> tuple[int, int]:
    since, until = span(value)
    low = 0 if since is None else id_at(since)
    return low, LARGEST_ID if until is None else min(LARGEST_ID, id_at(until))


def _add_ratings(db: Database, wanted: _Wanted, query: Query) -> None:
    allowed = ratings(query)
    if allowed == RATINGS:
        return
    wanted.empty = wanted.empty or not allowed
    listed = ", ".join(map(str, sorted(allowed)))
    wanted.filters["rating"] = (f"f.rating IN ({listed})", [])
    if 0 not in allowed:
        known = sum(number_of(db, wanted.user_id, "rating", str(one)) for one in allowed)
        wanted.leaders["rating"] = (known, [(one,) for one in sorted(allowed)])


def _add_values(db: Database, wanted: _Wanted, query: Query) -> None:
    for name in ("style", "provider", "category"):
        asked, barred = query.of(name), query.of(name, excluded=True)
        if name == "category":
            asked, barred = (tuple(CATEGORIES[one] for one in some) for some in (asked, barred))
        if asked:
            places = ", ".join("?" * len(asked))
            wanted.filters[name] = (f"f.{name} IN ({places})", list(asked))
            if len(asked) <= MOST_STREAMS:
                known = sum(number_of(db, wanted.user_id, name, one) for one in asked)
                wanted.leaders[name] = (known, [(one,) for one in asked])
        if barred:
            places = ", ".join("?" * len(barred))
            test = f"coalesce(f.{name}, '') NOT IN ({places})"
            wanted.filters[f"not {name}"] = (test, list(barred))


_KNOWN_BY_NAME = {
    "tag": "SELECT id FROM tags WHERE user_id = ? AND folded = ?",
    "collection": "SELECT id FROM collections WHERE user_id = ? AND folded = ?",
}


def _add_members(db: Database, wanted: _Wanted, query: Query) -> None:
    """Add tags and collections; the smallest of each may lead, all others are asked for."""
    for name, lookup in _KNOWN_BY_NAME.items():
        found: list[tuple[int, int]] = []
        for asked in query.of(name):
            key = db.value(lookup, (wanted.user_id, fold(asked)))
            if key is None:
                wanted.empty = True
                return
            found.append((number_of(db, wanted.user_id, name, str(key)), key))
        for place, (known, key) in enumerate(sorted(found)):
            wanted.filters[name if place == 0 else f"{name} {place}"] = (_MEMBERS[name], [key])
            if place == 0:
                wanted.leaders[name] = (known, [(key,)])
        for place, barred in enumerate(query.of(name, excluded=True)):
            key = db.value(lookup, (wanted.user_id, fold(barred)))
            if key is not None:
                wanted.filters[f"not {name} {place}"] = (f"NOT {_MEMBERS[name]}", [key])


def _add_states(db: Database, wanted: _Wanted, query: Query) -> None:
    tests = {
        "favourite": ("is", "favourite", "f.favourite = 1", "f.favourite = 0"),
        "stacked": ("is", "stacked", "f.stack_id IS NOT NULL", "f.stack_id IS NULL"),
        "noted": ("has", "note", "f.note IS NOT NULL", "f.note IS NULL"),
    }
    for name, (asking, value, holds, fails) in tests.items():
        if value in query.of(asking):
            wanted.filters[name] = (holds, [])
            wanted.leaders[name] = (number_of(db, wanted.user_id, name, "1"), [()])
        if value in query.of(asking, excluded=True):
            wanted.filters[f"not {name}"] = (fails, [])


def _leader(db: Database, wanted: _Wanted) -> tuple[str, Sequence[tuple[Any, ...]]]:
    """Return the index to walk and the values of its streams."""
    if wanted.trashed:
        # Counts are kept of live pictures; the trash is small and walked by itself.
        number = int(db.value(_TRASHED, (wanted.user_id,)))
        probing = wanted.match is None or _probing_pays(db, wanted, number)
        return ("trash", [()]) if probing else ("text", [(wanted.match,)])
    by_size = sorted((count, name) for name, (count, _) in wanted.leaders.items())
    if wanted.match is not None and not (by_size and _probing_pays(db, wanted, by_size[0][0])):
        return "text", [(wanted.match,)]
    if by_size:
        name = by_size[0][1]
        return name, wanted.leaders[name][1]
    return "all", [()]


def _narrower(db: Database, wanted: _Wanted) -> tuple[str, int] | None:
    """Return the index to compare hits with, and about how many of it fit, if that pays."""
    if wanted.trashed:
        known = int(db.value(_TRASHED, (wanted.user_id,)))
        return None if wanted.filters else ("trash", known)
    counts = {name: count for name, (count, _) in wanted.leaders.items()}
    everything = int(db.value(_EVERYTHING, (wanted.user_id,)))
    index = narrower(counts, wanted.filters, everything)
    if index is None:
        return None
    others = (counts[name] / max(1, everything) for name in counts.keys() & wanted.filters.keys())
    return index, round(everything * prod(others))


def _compared(index: str, number: int, wanted: _Wanted, match: str, oldest: bool) -> Compared:
    """Return those hits of the text index that `index` gives too."""
    streams = [()] if index == "trash" else wanted.leaders[index][1]
    filters = [one for name, one in wanted.filters.items() if name != index]
    after = [wanted.user_id, *(value for _, some in filters for value in some)]
    return Compared(
        index,
        tuple(sql for sql, _ in filters),
        tuple((list(stream), after) for stream in streams),
        match,
        wanted.trashed,
        oldest,
        number,
    )


def _probing_pays(db: Database, wanted: _Wanted, known: int) -> bool:
    """Say whether to ask the text index about each of `known` pictures, or to walk its hits.

    With hits spread evenly over the library, a page is full after PAGE × all / known of them.
    """
    everything = int(db.value(_EVERYTHING, (wanted.user_id,)))
    if known * known * PROBE_COST > PAGE * everything:
        return False
    most = min(MOST_COUNTED, known * PROBE_COST)
    return int(db.value(_HITS, (wanted.match, most))) >= most


OTHERS = 4
"""With more than so many hits walked for each of one's own, the owner is asked for."""

MOST_COUNTED = 5_000
FEW = 1_000
"""Hits whose rows are read one by one, whatever else is asked."""

_HITS = "SELECT count(*) FROM (SELECT 1 FROM file_search WHERE file_search MATCH ? LIMIT ?)"
_SHARE = "SELECT sum(iif(user_id = ?, number, 0)), sum(number) FROM file_counts"
_EVERYTHING = "SELECT coalesce(sum(number), 0) FROM file_counts WHERE user_id = ?"
_TRASHED = "SELECT coalesce(sum(number), 0) FROM file_counts WHERE user_id = ? AND trashed = 1"


def estimate(db: Database, user_id: int, query: Query) -> tuple[int, bool]:
    """Return how many pictures fit at most, and whether that number is exact, without counting."""
    wanted = _looked_up(db, user_id, query, Bounds())
    if wanted.empty or wanted.low >= wanted.high:
        return 0, True
    everything = _TRASHED.replace("trashed = 1", f"trashed = {int(wanted.trashed)}")
    most = int(db.value(everything, (user_id,)))
    simple = wanted.match is None and (wanted.low, wanted.high) == Bounds()
    if wanted.trashed:
        return most, simple and not wanted.filters
    counts = [count for name, (count, _) in wanted.leaders.items() if name != "look"]
    exact = simple and len(wanted.filters) == len(counts) <= 1
    return min([most, *counts]), exact
