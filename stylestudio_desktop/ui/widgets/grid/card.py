"""What the grid needs to know of a picture, and where it asks for it."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

SMALL_TIER = 256
LARGE_TIER = 1024


class Card(NamedTuple):
    """One picture as the grid shows it; `rating` is 0 to 5, `badge` a word or two or empty.

    `stack` is the id of the stack that it lies on, 0 for none.
    """

    id: int
    storage_id: str
    name: str
    width: int = 0
    height: int = 0
    favourite: bool = False
    rating: int = 0
    category: str = ""
    trashed: bool = False
    badge: str = ""
    stack: int = 0


class Source(Protocol):
    """Where cards and thumbnails come from; the first two are called on other threads."""

    def fetch_cards(self, ids: Sequence[int]) -> Sequence[Card]:
        """Return the cards of those `ids` that still exist, in any order."""

    def thumbnail(self, storage_id: str, tier: int) -> bytes | None:
        """Return an encoded thumbnail (`tier` is its longest side in pixels), None without one."""

    def pack(self, ids: Sequence[int]) -> "Parcel":
        """Begin to copy pictures for another program, as many as can be; on the UI thread."""


class Parcel(Protocol):
    """Copies of pictures on their way into another program, made while the user still drags."""

    def packed(self) -> bool:
        """Return whether the copies are there."""

    def paths(self) -> Sequence[Path]:
        """Wait for the copies and return where they lie."""

    def close(self, taken: bool) -> None:
        """Say whether a program took them."""

    def trouble(self) -> str:
        """Return why pictures are missing from the copies, empty where none is."""
