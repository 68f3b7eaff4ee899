"""Finds pictures that look alike, and lays near-identical ones on stacks, in the background."""

import io
import threading
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from threading import Event
from typing import TYPE_CHECKING

from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.domain.events import FilesChanged
from stylestudio_desktop.files.phash import perceptual_hash
from stylestudio_desktop.files.scaling import Tier
from stylestudio_desktop.services import library
from stylestudio_desktop.services.finding import Listed
from stylestudio_desktop.services.fingerprints import Fingerprints, Near, Print
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import similar
from stylestudio_desktop.store.similar import Placed, Unseen

if TYPE_CHECKING:
    from PIL.Image import Image

STACK_RADIUS = 6
ALIKE_RADIUS = 22
"""Bits out of 64 from which on two pictures have nothing to do with each other (half is chance)."""

PORTION = 100
READ_AT_ONCE = 10_000
"""Fingerprints: some ten milliseconds of the interpreter, which the window may want."""

MOST_TWINS = 200
"""Of very many near-identical pictures, so many are asked for a stack that fits."""

UNREADABLE = -1
Progress = Callable[[int], None]
Rest = Callable[[], None]
Seen = tuple[int | None, int, int]
"""Fingerprint, colour and id of a picture that was looked at."""


class Lookalikes:
    """Answers what looks like what in one library; made once, used from background threads."""

    def __init__(self, studio: Studio) -> None:
        """Begin with nothing read; the first question or study reads the fingerprints."""
        self._studio = studio
        self._lock = threading.Lock()
        self._prints: Fingerprints | None = None

    def refresh(self, rest: Rest = lambda: None) -> int:
        """Read what joined since and return how many prints there are.

        A million take about a second the first time, and 20 MB; `rest` is called in between.
        """
        with self._lock:
            return len(self._current(rest))

    def _current(self, rest: Rest = lambda: None) -> Fingerprints:
        if self._prints is None:
            self._prints = Fingerprints()
        self._prints.extend(self._new(self._prints.last, rest))
        return self._prints

    def _new(self, after: int, rest: Rest) -> Iterator[Sequence[Print]]:
        # By portions: a statement that is read slowly would keep the log from being folded.
        database, user = self._studio.database, self._studio.user_id
        while rows := similar.fingerprints(database, user, after, READ_AT_ONCE):
            yield rows
            after = rows[-1][0]
            rest()

    def find(self, file_id: int, limit: int = 60) -> list[Near]:
        """Return live pictures that look like one, the most alike first.

        One that the study has not come to yet is looked at now. Raises NotFound.
        """
        with self._lock:
            prints = self._current()
            own = prints.print_of(file_id) or self._looked_at_now(prints, file_id)
            if own is None:
                raise NotFound(
                    "This picture can't be read, so nothing can be compared with it. Its entry is "
                    "safe. Bring its file back from a backup."
                )
            found = prints.nearest(*own, 2 * limit + 1, ALIKE_RADIUS)
        ids = [near.id for near in found]
        live = similar.live(self._studio.database, self._studio.user_id, ids)
        return [near for near in found if near.id in live and near.id != file_id][:limit]

    def _looked_at_now(self, prints: Fingerprints, file_id: int) -> tuple[int, int] | None:
        database, user = self._studio.database, self._studio.user_id
        rows = similar.unseen(database, user, file_id - 1, 1)
        if not rows or rows[0].id != file_id:
            return None
        print_, colour, _ = seen = self._seen(rows[0])
        if print_ is None:
            return None  # the study notes that, and goes on
        with database.write():
            similar.set_seen(database, user, [seen])
        prints.put([(file_id, print_, colour)])
        return print_, colour

    def study(
        self, stop: Event, progress: Progress = lambda _done: None, rest: Rest = lambda: None
    ) -> int:
        """Look at every picture that nobody looked at yet, and stack the near-identical ones.

        What is new since the last study costs a few milliseconds a picture, so this may follow
        every import and every finished generation. Each portion is durable by itself. `rest` is
        called between any two pictures, with nothing held that others need: it may take its time
        while somebody is at work. Returns how many pictures were looked at. Raises StorageError.
        """
        database, user = self._studio.database, self._studio.user_id
        done, last = 0, 0
        while not stop.is_set():
            rows = similar.unseen(database, user, last, PORTION)
            seen = self._look_at(rows, stop, rest)
            if not seen:
                break
            last = seen[-1][2]
            with database.write():
                similar.set_seen(database, user, seen)
            known = [(id_, print_, colour) for print_, colour, id_ in seen if print_ is not None]
            with self._lock:
                prints = self._current(rest)
                prints.put(known)
                for file_id, print_, _ in known:
                    rest()
                    self._stack(file_id, prints.within(print_, STACK_RADIUS))
            done += len(seen)
            progress(done)
        return done

    def _look_at(self, rows: Sequence[Unseen], stop: Event, rest: Rest) -> list[Seen]:
        """Look at pictures, at least at one, until it is time to stop."""
        seen: list[Seen] = []
        for row in rows:
            rest()
            seen.append(self._seen(row))
            if stop.is_set():
                break
        return seen

    def _seen(self, row: Unseen) -> Seen:
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
        others = [one.id for one in near if one.id != file_id]
        if not others:
            return
        database, user = self._studio.database, self._studio.user_id
        with database.write():
            places = similar.placed(database, user, [file_id, *others[:MOST_TWINS]])
            own = places.get(file_id)
            if own is None or own.stack_id is not None:
                return
            twins = [places[one] for one in others if _twin(own, places.get(one))]
            stack, joining = _stack_for(own, twins, {*others, file_id})
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


def collapsed(studio: Studio, listed: Listed, opened: frozenset[int] = frozenset()) -> Listed:
    """Return a list with only the first picture of each stack, but all of those `opened`."""
    stacks = similar.stacked(studio.database, studio.user_id)
    shown: array[int] = array("q")
    starts: list[int] = []
    seen: set[int] = set()
    for begin, end in pairwise((*listed.starts, len(listed.ids))):
        starts.append(len(shown))
        for one in listed.ids[begin:end]:
            stack = stacks.get(one)
            if stack is None or stack in opened or stack not in seen:
                shown.append(one)
            if stack is not None:
                seen.add(stack)
    return Listed(shown, tuple(starts))


def stack_sizes(studio: Studio, stacks: Sequence[int]) -> Mapping[int, int]:
    """Return how many live pictures lie on each of some stacks."""
    return similar.sizes(studio.database, studio.user_id, stacks)
