"""A pretended library of any size: cards and thumbnails by arithmetic, nothing stored."""

from array import array
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Lock

from stylestudio_desktop.domain.ids import id_at, made_at
from stylestudio_desktop.ui.widgets.grid import Card
from tests.ui.pictures import encoded, picture

NOON = 1_763_812_800_000  # 22 November 2025, 12:00 UTC
HOUR = 3_600_000
WORDS = ("linen shirt", "summer dress", "wide trousers", "leather bag", "denim jacket", "silk top")
STYLES = ("realistic", "fashion", "artistic", "vintage", "minimalist")


def many_ids(count: int, step_ms: int = 20 * 60_000, newest: int = NOON) -> "array[int]":
    """Return `count` ids, newest first, one every `step_ms`."""
    first = id_at(newest)
    step = id_at(step_ms)
    return array("q", range(first, first - count * step, -step))


class FakeLibrary:
    """A Source: 24 drawn pictures, named and rated by their number."""

    def __init__(self, pictures: int = 24) -> None:
        self.pictures = pictures
        self.asked: list[int] = []
        self.parcels: list[FakeParcel] = []
        self.read: list[str] = []
        self.lock = Lock()
        self.open = Event()
        self.open.set()

    def number(self, row_id: int) -> int:
        """Return which drawing a picture shows."""
        return (made_at(row_id) // 60_000 * 2_654_435_761 >> 9) % self.pictures

    def fetch_cards(self, ids: Sequence[int]) -> Sequence[Card]:
        """Return cards; remembers what was asked for."""
        with self.lock:
            self.asked.extend(ids)
        self.open.wait(10)
        return [self._card(row_id) for row_id in ids]

    def thumbnail(self, storage_id: str, tier: int) -> bytes | None:
        """Return a drawn JPEG."""
        with self.lock:
            self.read.append(storage_id)
        return encoded(int(storage_id, 16), tier)

    def pack(self, ids: Sequence[int]) -> "FakeParcel":
        """Begin a parcel, and remember it."""
        self.parcels.append(FakeParcel(ids))
        return self.parcels[-1]

    def _card(self, row_id: int) -> Card:
        number = self.number(row_id)
        drawn = picture(number)
        name = f"{WORDS[number % 6]} {number:02d}.jpg"
        return Card(
            row_id, f"{number:064x}", name, drawn.width() * 4, drawn.height() * 4,
            favourite=number % 7 == 0, rating=(number % 6 if number % 3 == 0 else 0),
            category="generated_image", badge=STYLES[number % 5] if number % 4 == 1 else "",
        )  # fmt: skip


class FakeParcel:
    """Paths that need not exist, and what was said of the parcel."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.ids = list(ids)
        self.opened = 0
        self.taken: bool | None = None
        self.ready = Event()
        self.ready.set()

    def packed(self) -> bool:
        return self.ready.is_set()

    def paths(self) -> Sequence[Path]:
        self.ready.wait()
        self.opened += 1
        return [Path(f"/pictures/{row_id}.jpg") for row_id in self.ids]

    def close(self, taken: bool) -> None:
        self.taken = taken

    def trouble(self) -> str:
        return ""
