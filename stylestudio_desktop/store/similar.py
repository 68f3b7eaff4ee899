"""Queries on pictures' fingerprints and on the stacks of near-identical ones."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.rows import placeholders, portions

_PRINTS = (
    "SELECT id, perceptual_hash, colour FROM files INDEXED BY files_by_hash"
    " WHERE user_id = ? AND id > ? AND perceptual_hash IS NOT NULL ORDER BY id LIMIT ?"
)
_UNSEEN = (
    "SELECT id, storage_id, perceptual_hash FROM files INDEXED BY files_unseen"
    " WHERE user_id = ? AND id > ? AND colour IS NULL ORDER BY id LIMIT ?"
)
_SEEN = "UPDATE files SET perceptual_hash = ?, colour = ? WHERE id = ? AND user_id = ?"
_PLACES = "SELECT id, category, stack_id FROM files WHERE id IN ({}) AND +user_id = ?"
_SET = "UPDATE files SET stack_id = ? WHERE id = ? AND user_id = ?"
_MEMBERS = (
    "SELECT id FROM files INDEXED BY files_by_stack"
    " WHERE stack_id = ? AND user_id = ? AND trashed_at IS NULL ORDER BY id DESC LIMIT ?"
)
_STACKED = (
    "SELECT id, stack_id FROM files INDEXED BY files_stacked"
    " WHERE user_id = ? AND trashed_at IS NULL AND stack_id IS NOT NULL"
)
_STACKS = (
    "SELECT id, stack_id FROM files INDEXED BY files_by_stack"
    " WHERE stack_id IN ({}) AND user_id = ? AND trashed_at IS NULL"
)
_LIVE = "SELECT id FROM files WHERE id IN ({}) AND +user_id = ? AND trashed_at IS NULL"


class Unseen(NamedTuple):
    """A picture whose colour, and perhaps fingerprint, is still to be made."""

    id: int
    storage_id: str
    perceptual_hash: int | None


class Placed(NamedTuple):
    """A picture with its category and the stack it lies in."""

    id: int
    category: str
    stack_id: int | None


def fingerprints(
    db: Database, user_id: int, after: int, limit: int
) -> list[tuple[int, int, int | None]]:
    """Return (id, fingerprint, colour) of pictures with an id above `after`, oldest first."""
    return db.rows(_PRINTS, (user_id, after, limit))


def unseen(db: Database, user_id: int, after: int, limit: int) -> list[Unseen]:
    """Return pictures that nobody has looked at yet, oldest first."""
    return [Unseen._make(row) for row in db.rows(_UNSEEN, (user_id, after, limit))]


def set_seen(db: Database, user_id: int, rows: Sequence[tuple[int | None, int, int]]) -> None:
    """Keep (fingerprint, colour, id) of pictures; colour -1 stands for one that can't be read."""
    db.run_many(_SEEN, [(*row, user_id) for row in rows])


def placed(db: Database, user_id: int, ids: Sequence[int]) -> dict[int, Placed]:
    """Return category and stack of pictures by id."""
    return {
        row[0]: Placed._make(row)
        for some in portions(ids)
        for row in db.rows(_PLACES.format(placeholders(len(some))), [*some, user_id])
    }


def stacked(db: Database, user_id: int) -> dict[int, int]:
    """Return the stack of every live picture that lies on one."""
    return {row[0]: row[1] for row in db.stream(_STACKED, (user_id,), size=20_000)}


def sizes(db: Database, user_id: int, stacks: Sequence[int]) -> Counter[int]:
    """Return how many live pictures lie on each of some stacks."""
    return Counter(stack for _, stack in on(db, user_id, stacks))


def on(db: Database, user_id: int, stacks: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield (id, stack) of every live picture that lies on one of some stacks."""
    for some in portions(stacks):
        yield from db.stream(_STACKS.format(placeholders(len(some))), [*some, user_id])


def live(db: Database, user_id: int, ids: Sequence[int]) -> set[int]:
    """Return those of the ids whose pictures are in the library and not in the trash."""
    return {
        row[0]
        for some in portions(ids)
        for row in db.rows(_LIVE.format(placeholders(len(some))), [*some, user_id])
    }


def set_stack(db: Database, user_id: int, stack_id: int | None, ids: Sequence[int]) -> None:
    """Put pictures on a stack, or on none."""
    db.run_many(_SET, [(stack_id, one, user_id) for one in ids])


def members(db: Database, user_id: int, stack_id: int, limit: int = -1) -> list[int]:
    """Return the live pictures of a stack, newest first."""
    return [row[0] for row in db.rows(_MEMBERS, (stack_id, user_id, limit))]
