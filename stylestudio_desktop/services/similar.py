"""Finds pictures that look alike, and lays near-identical ones on stacks, in the background."""

import io
import threading
from array import array
from collections.abc import Callable, Mapping, Sequence
from threading import Event
from typing import TYPE_CHECKING

from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.domain.events import FilesChanged
from stylestudio_desktop.files.phash import perceptual_hash
from stylestudio_desktop.files.scaling import Tier
from stylestudio_desktop.services import library
from stylestudio_desktop.services.fingerprints import Fingerprints, Near
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import similar
from stylestudio_desktop.store.similar import Placed, Unseen

if TYPE_CHECKING:
    from PIL.Image import Image

STACK_RADIUS = 6
ALIKE_RADIUS = 22
"""Bits out of 64 from which on two pictures have nothing to do with each other (half is chance)."""

PORTION = 100
UNREADABLE = -1
Progress = Callable[[int], None]


class Lookalikes:
    """Answers what looks like what in one library; made once, used from background threads."""

    def __init__(self, studio: Studio) -> None:
        """Begin with nothing read; the first question or study reads the fingerprints."""
        self._studio = studio
        self._lock = threading.Lock()
        self._prints: Fingerprints | None = None

    def refresh(self, anew: bool = False) -> int:
        """Read what joined since (or everything `anew`) and return how many prints there are.

        A million take about a second the first time, and 20 MB.
        """
        with self._lock:
            return len(self._current(anew))

    def _current(self, anew: bool = False) -> Fingerprints:
        if self._prints is None or anew:
            self._prints = Fingerprints()
        database, user = self._studio.database, self._studio.user_id
        self._prints.extend(similar.fingerprints(database, user, self._prints.last))
        return self._prints

    def find(self, file_id: int, limit: int = 60) -> list[Near]:
        """Return live pictures that look like one, the most alike first. Raises NotFound."""
        with self._lock:
            prints = self._current()
            own = prints.print_of(file_id)
            if own is None:
                raise NotFound("This picture was not looked at yet. Try again in a moment.")
            found = prints.nearest(*own, 2 * limit + 1, ALIKE_RADIUS)
        ids = [near.id for near in found]
        live = similar.live(self._studio.database, self._studio.user_id, ids)
        return [near for near in found if near.id in live and near.id != file_id][:limit]

    def study(self, stop: Event, progress: Progress = lambda _done: None) -> int:
        """Look at every picture that nobody looked at yet, and stack the near-identical ones.

        What is new since the last study costs a few milliseconds a picture, so this may follow
        every import and every finished generation. Each portion is durable by itself. Returns
        how many pictures were looked at. Raises StorageError.
        """
        database, user = self._studio.database, self._studio.user_id
        done, last = 0, 0
        while not stop.is_set():
            rows = similar.unseen(database, user, last, PORTION)
            if not rows:
                break
            last = rows[-1].id
            seen = [self._seen(row) for row in rows]
            with database.write():
                similar.set_seen(database, user, seen)
            anew = any(row.perceptual_hash is None for row in rows)
            with self._lock:
                prints = self._current(anew and rows[0].id <= self._last())
                for print_, _, file_id in seen:
                    if print_ is not None:
                        self._stack(file_id, prints.within(print_, STACK_RADIUS))
            done += len(rows)
            progress(done)
        if done:
            self.refresh(anew=True)  # with the colours
        return done

    def _last(self) -> int:
        return 0 if self._prints is None else self._prints.last

    def _seen(self, row: Unseen) -> tuple[int | None, int, int]:
        data = library.thumbnail(self._studio, row.storage_id, Tier.SMALL)
        from PIL import Image

        print_ = row.perceptual_hash
        try:
            with Image.open(io.BytesIO(data or b"")) as image:
                print_ = perceptual_hash(image) if print_ is None else print_
                return print_, _colour(image), row.id
        except OSError:  # no thumbnail can be made of it; verify names such pictures
            return print_, UNREADABLE, row.id

    def _stack(self, file_id: int, near: Sequence[Near]) -> None:
        """Lay a picture on the nearest stack that fits, or begin one with its nearest twin."""
        database, user = self._studio.database, self._studio.user_id
        with database.write():
            places = similar.placed(database, user, [file_id, *(one.id for one in near)])
            own = places.get(file_id)
            if own is None or own.stack_id is not None:
                return
            twins = [places[one.id] for one in near if _twin(own, places.get(one.id))]
            stack, joining = _stack_for(own, twins, {one.id for one in near})
            if not joining:
                return
            similar.set_stack(database, user, stack, joining)
            self._studio.tell(FilesChanged(tuple(joining)))


def _stack_for(own: Placed, twins: Sequence[Placed], near: set[int]) -> tuple[int, list[int]]:
    """Return a stack and who joins it; a stack is named after its first picture.

    Only a stack whose first picture is near itself fits, so that stacks don't creep from
    likeness to likeness; where only others are near, nobody joins.
    """
    for twin in twins:
        if twin.stack_id is not None and twin.stack_id in near:
            return twin.stack_id, [own.id]
    for twin in twins:
        if twin.stack_id is None:
            return min(own.id, twin.id), [own.id, twin.id]
    return own.id, []


def _twin(own: Placed, other: Placed | None) -> bool:
    return other is not None and other.id != own.id and other.category == own.category


def _colour(image: "Image") -> int:
    """Return the mean colour of a picture's middle half as 0xRRGGBB; clear parts count as white."""
    from PIL import Image as Images

    plain = image.convert("RGBA")
    ground = Images.new("RGBA", plain.size, "white")
    flat = Images.alpha_composite(ground, plain).convert("RGB")
    width, height = flat.size
    box = (width / 4, height / 4, max(1.0, width * 3 / 4), max(1.0, height * 3 / 4))
    mean = flat.resize((1, 1), Images.Resampling.BOX, box=box)
    red, green, blue = mean.tobytes()
    return (red << 16) | (green << 8) | blue


def stack_of(studio: Studio, file_id: int) -> list[int]:
    """Return the live pictures of the stack that a picture lies on, newest first; or only it.

    Raises NotFound.
    """
    row = similar.placed(studio.database, studio.user_id, [file_id]).get(file_id)
    if row is None:
        raise NotFound(f"There is no picture {file_id} in this library.")
    if row.stack_id is None:
        return [file_id]
    return similar.members(studio.database, studio.user_id, row.stack_id)


def collapsed(
    studio: Studio, ids: Sequence[int], opened: frozenset[int] = frozenset()
) -> "array[int]":
    """Return a list's ids with only the first picture of each stack, but all of those `opened`."""
    stacks = similar.stacked(studio.database, studio.user_id)
    shown = array("q")
    seen: set[int] = set()
    for one in ids:
        stack = stacks.get(one)
        if stack is not None and stack not in opened:
            if stack in seen:
                continue
            seen.add(stack)
        shown.append(one)
    return shown


def stack_sizes(studio: Studio, stacks: Sequence[int]) -> Mapping[int, int]:
    """Return how many live pictures lie on each of some stacks."""
    return similar.sizes(studio.database, studio.user_id, stacks)
