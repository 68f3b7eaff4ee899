"""Keeps what pictures were before a step, in little space, and reads and writes what steps change.

A step changes one attribute of many pictures to one value. An attribute is a column of the
picture (rating, favourite, note, trashed_at, stack_id) or its membership in a tag or collection,
where None means that it is no member.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from stylestudio_desktop.domain.records import GalleryAction
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.gallery_tables import GalleryActionParts, GalleryActions
from stylestudio_desktop.store.rows import columns, inserting, placeholders, portions, setting
from stylestudio_desktop.store.tables import PLACE

COLUMNS = ("rating", "favourite", "note", "trashed_at", "stack_id")
_MEMBERS = {"tag": "file_tags", "collection": "collection_files"}
_OWNERS = {"tag": "tags", "collection": "collections"}
_SET = {
    name: f"UPDATE files SET {name} = ? WHERE id = ? AND user_id = ?"  # noqa: S608 - own names
    for name in COLUMNS
}
_ACTION = columns(GalleryActions, GalleryAction)
_INSERT = inserting(GalleryActions, [GalleryActions.id, GalleryActions.user_id, *_ACTION[1:]])
_INSERT_PART = inserting(
    GalleryActionParts,
    [GalleryActionParts.action_id, GalleryActionParts.part, GalleryActionParts.was],
)
_LONGER = setting(GalleryActions, [GalleryActions.number], GalleryActions.id == PLACE)
_MARK = setting(GalleryActions, [GalleryActions.undone], GalleryActions.id == PLACE)
_MARK_PART = setting(
    GalleryActionParts,
    [GalleryActionParts.undone],
    (GalleryActionParts.action_id == PLACE) & (GalleryActionParts.part == PLACE),
)
_OF_USER = (GalleryActions.user_id == PLACE) & (GalleryActions.undone == PLACE)
_NEWEST = Prepared(
    GalleryActions.select(*_ACTION).where(_OF_USER).order_by(GalleryActions.id.desc()).limit(PLACE)
)
_OLDEST = Prepared(
    GalleryActions.select(*_ACTION).where(_OF_USER).order_by(GalleryActions.id).limit(PLACE)
)
_PARTS = Prepared(
    GalleryActionParts.select(GalleryActionParts.part)
    .where((GalleryActionParts.action_id == PLACE) & (GalleryActionParts.undone == PLACE))
    .order_by(GalleryActionParts.part)
)
_PART = Prepared(
    GalleryActionParts.select(GalleryActionParts.was).where(
        (GalleryActionParts.action_id == PLACE) & (GalleryActionParts.part == PLACE)
    )
)
_MARKS = Prepared(
    GalleryActions.select(GalleryActions.id, GalleryActions.number, GalleryActions.undone).where(
        GalleryActions.user_id == PLACE
    )
)
_WERE = Prepared(
    GalleryActionParts.select(GalleryActionParts.was).where(GalleryActionParts.action_id == PLACE)
)
_FORGET_UNDONE = Prepared(GalleryActions.delete().where(_OF_USER))
_FORGET = Prepared(
    GalleryActions.delete().where((GalleryActions.id == PLACE) & (GalleryActions.user_id == PLACE))
)
# Not indexed: an index of the owner's would be walked and sorted whole for a few neighbours.
_BETWEEN = (
    "SELECT id FROM files NOT INDEXED WHERE id BETWEEN ? AND ? AND user_id = ? ORDER BY id LIMIT ?"
)


def exists(db: Database, user_id: int, attribute: str, key: int) -> bool:
    """Say whether the tag or collection of an attribute is there; columns always are."""
    if attribute in COLUMNS:
        return True
    asked = f"SELECT 1 FROM {_OWNERS[attribute]} WHERE id = ? AND user_id = ?"  # noqa: S608
    return db.row(asked, (key, user_id)) is not None


def read(
    db: Database, user_id: int, attribute: str, key: int, ids: Sequence[int]
) -> dict[int, Any]:
    """Return the attribute of those of the pictures that are there."""
    found: dict[int, Any] = {}
    for some in portions(ids):
        places = placeholders(len(some))
        column = attribute if attribute in COLUMNS else "NULL"
        rows = f"SELECT id, {column} FROM files WHERE id IN ({places}) AND +user_id = ?"  # noqa: S608
        found.update(db.rows(rows, [*some, user_id]))
        if attribute not in COLUMNS:
            value = "1" if attribute == "tag" else "position"
            members = (
                f"SELECT file_id, {value} FROM {_MEMBERS[attribute]}"  # noqa: S608 - own names
                f" WHERE {attribute}_id = ? AND file_id IN ({places})"
            )
            found.update(row for row in db.rows(members, [key, *some]) if row[0] in found)
    return found


def write(db: Database, user_id: int, attribute: str, key: int, values: Mapping[int, Any]) -> None:
    """Give each picture its value of the attribute."""
    if attribute in COLUMNS:
        db.run_many(_SET[attribute], [(value, one, user_id) for one, value in values.items()])
        return
    table = _MEMBERS[attribute]
    leave = f"DELETE FROM {table} WHERE {attribute}_id = ? AND file_id = ?"  # noqa: S608 - own names
    db.run_many(leave, [(key, one) for one, value in values.items() if value is None])
    joining = [(key, one, value) for one, value in values.items() if value is not None]
    if attribute == "tag":
        sql = "INSERT OR IGNORE INTO file_tags (tag_id, file_id) VALUES (?, ?)"
        db.run_many(sql, [row[:2] for row in joining])
    else:
        sql = (
            "INSERT OR IGNORE INTO collection_files (collection_id, file_id, position)"
            " VALUES (?, ?, ?)"
        )
        db.run_many(sql, joining)


def packed(db: Database, user_id: int, was: Mapping[int, Any]) -> str:
    """Return pictures with their values as compact JSON.

    Neighbours in the library become one run [distance, span, number], single pictures their
    distance from the last; equal values in a row are counted, not repeated.
    """
    ids = sorted(was)
    limit = 3 * len(ids)
    there = [row[0] for row in db.rows(_BETWEEN, (ids[0], ids[-1], user_id, limit))]
    place = {one: number for number, one in enumerate(there)}
    runs: list[Any] = []
    last, begin = 0, 0
    for end in range(1, len(ids) + 1):
        if end < len(ids) and place.get(ids[end], -1) == place.get(ids[end - 1], -3) + 1:
            continue
        step = ids[begin] - last
        span = ids[end - 1] - ids[begin]
        runs.append([step, span, end - begin] if span else step)
        last, begin = ids[end - 1], end
    values = [[value, len(list(same))] for value, same in groupby(was[one] for one in ids)]
    return json.dumps({"ids": runs, "values": values}, separators=(",", ":"))


def unpacked(db: Database, user_id: int, text: str) -> dict[int, Any] | None:
    """Return the pictures with their values, or None if a run holds other pictures by now."""
    kept = json.loads(text)
    ids: list[int] = []
    last = 0
    for run in kept["ids"]:
        step, span, number = run if isinstance(run, list) else (run, 0, 1)
        low, last = last + step, last + step + span
        if not span:
            ids.append(low)
            continue
        there = [row[0] for row in db.rows(_BETWEEN, (low, last, user_id, number + 1))]
        if len(there) != number:
            return None
        ids += there
    values = (value for value, number in kept["values"] for _ in range(number))
    return dict(zip(ids, values, strict=True))


def begin(db: Database, user_id: int, action: GalleryAction, most: int) -> None:
    """Open a step; what was undone before it can't be redone any more, and the oldest go."""
    db.run(_FORGET_UNDONE, (user_id, 1))
    db.run(_INSERT, [action.id, user_id, *action[1:]])
    for old in db.rows(_NEWEST, (user_id, 0, -1))[most:]:
        db.run(_FORGET, (old[0], user_id))


def add_part(db: Database, action_id: int, part: int, was: str, number: int) -> None:
    """Add a portion to a step that now reaches `number` pictures."""
    db.run(_INSERT_PART, (action_id, part, was))
    db.run(_LONGER, (number, action_id))


def last_done(db: Database, user_id: int) -> GalleryAction | None:
    """Return the step that undo would take back, or None."""
    row = db.row(_NEWEST, (user_id, 0, 1))
    return None if row is None else GalleryAction._make(row)


def last_undone(db: Database, user_id: int) -> GalleryAction | None:
    """Return the step that redo would do again, or None."""
    row = db.row(_OLDEST, (user_id, 1, 1))
    return None if row is None else GalleryAction._make(row)


def history(db: Database, user_id: int, limit: int) -> list[GalleryAction]:
    """Return the steps that can be undone, newest first."""
    return [GalleryAction._make(row) for row in db.rows(_NEWEST, (user_id, 0, limit))]


def parts(db: Database, action_id: int, undone: bool) -> Iterator[tuple[int, str]]:
    """Yield the portions of a step that are, or are not, undone; one in memory at a time."""
    for (part,) in db.rows(_PARTS, (action_id, int(undone))):
        yield part, str(db.value(_PART, (action_id, part)))


def marks(db: Database, user_id: int) -> tuple[tuple[int, int, int], ...]:
    """Return every step as (id, how many pictures it reaches, whether it is undone)."""
    return tuple((row[0], row[1], row[2]) for row in db.rows(_MARKS, (user_id,)))


def touched(db: Database, user_id: int, action_id: int) -> list[int] | None:
    """Return the pictures of a step, or None if that can't be told any more."""
    found: list[int] = []
    for (was,) in db.rows(_WERE, (action_id,)):
        pictures = unpacked(db, user_id, was)
        if pictures is None:
            return None
        found += pictures
    return found


def mark_part(db: Database, action_id: int, part: int, undone: bool) -> None:
    """Remember that a portion was undone, or done again."""
    db.run(_MARK_PART, (int(undone), action_id, part))


def mark(db: Database, action_id: int, undone: bool) -> None:
    """Remember that a whole step was undone, or done again."""
    db.run(_MARK, (int(undone), action_id))


def forget(db: Database, user_id: int, action_id: int) -> None:
    """Take a step out of the list of what can be undone."""
    db.run(_FORGET, (action_id, user_id))
