"""Keyset pages: every list has a limit and a cursor, and costs the same at any depth."""

from collections.abc import Callable
from typing import TypeVar

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.filters import LARGEST_LIMIT
from stylestudio_desktop.domain.ids import LARGEST_ID
from stylestudio_desktop.domain.records import Page

Row = TypeVar("Row")


def checked_limit(limit: int) -> int:
    """Return `limit`, or raise BadInput."""
    if not 1 <= limit <= LARGEST_LIMIT:
        raise BadInput(f"A list shows 1 to {LARGEST_LIMIT} rows at a time; {limit} were asked for.")
    return limit


def cursor(after: str | None) -> int:
    """Return the id after which a list goes on; no cursor begins at the newest. Raises BadInput."""
    if after is None:
        return LARGEST_ID
    if not (after.isascii() and after.isdigit() and len(after) < 20 and int(after) <= LARGEST_ID):
        raise BadInput("That is not a cursor of this list. Take “next” from the page before.")
    return int(after)


def paged(rows: list[Row], limit: int, key: Callable[[Row], int]) -> Page[Row]:
    """Cut off the row that was asked for beyond `limit`; its being there makes a next page."""
    more = len(rows) > limit
    return Page(rows[:limit], str(key(rows[limit - 1])) if more else None)
