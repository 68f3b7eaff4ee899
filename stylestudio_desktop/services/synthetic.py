"""Fills a library with synthetic generations of any number, every rule kept, for tests."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import RANDOM_BITS, new_id, now_ms
from stylestudio_desktop.domain.records import Action, StoredFile, UsageRecord
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.synthetic_pictures import draw
from stylestudio_desktop.services.synthetic_story import (
    DAY_MS,
    DAYS,
    GOODS,
    LOOKS,
    OWN_SHARE,
    Photos,
    Scene,
    Teller,
    moments,
)
from stylestudio_desktop.store import bulk, entries, files, usage, users
from stylestudio_desktop.store.bulk import Bought, Drawn, Wallet

MOST_GENERATIONS = 20_000_000
PORTION = 20_000
"""Generations in one transaction: about 2 s of writing, and some 60 MB of memory."""

COLLEAGUES = ("Ana", "Jonas", "Mei")
_LEAST_PHOTOS, _MOST_PHOTOS = 20, 50_000
_LEAST_DRAWN, _MOST_DRAWN = 12, 240
_MODEL_SHARE = 0.1
Progress = Callable[[float, float, str], None]


class Filled(NamedTuple):
    """What a load wrote: `rows` of all tables that the generations brought.

    `drawing_s` of the `seconds` went into drawing the pictures that the rows share.
    """

    generations: int
    files: int
    photos: int
    rows: int
    drawing_s: float
    seconds: float


def fill(
    studio: Studio,
    number: int,
    *,
    photos: int | None = None,
    seed: int = 1,
    progress: Progress = lambda _done, _all, _name: None,
) -> Filled:
    """Add `number` generations of the last three years, with photos, results, ledger and log.

    The same seed on the same day tells the same stories. Each portion is one transaction: when
    it is interrupted, the portions before stay, and the library is in order. Raises BadInput for
    numbers out of range and StorageError for the disk.
    """
    if not 1 <= number <= MOST_GENERATIONS:
        raise BadInput(f"Ask for 1 to {MOST_GENERATIONS:,} generations.")
    if photos is None:
        photos = min(_MOST_PHOTOS, max(_LEAST_PHOTOS, number // 20))
    if not 1 <= photos <= MOST_GENERATIONS:
        raise BadInput(f"Ask for 1 to {MOST_GENERATIONS:,} files.")
    rng = random.Random(seed)  # noqa: S311 - a story, not a secret
    began = time.monotonic()
    share = number + photos
    wanted = min(_MOST_DRAWN, max(_LEAST_DRAWN, number // 10))
    drawn = draw(studio.files, wanted, rng, lambda _done: progress(0, share, "drawing"))
    drawing_s = time.monotonic() - began
    scene, taken = _scene(studio, rng, drawn, photos, lambda done: progress(done, share, "photos"))
    rows, results = _write(
        studio, rng, scene, drawn, number, lambda done: progress(taken + done, share, "stories")
    )
    return Filled(number, results, taken, rows, drawing_s, time.monotonic() - began)


def _write(
    studio: Studio,
    rng: random.Random,
    scene: Scene,
    drawn: Sequence[Drawn],
    number: int,
    progress: Callable[[int], None],
) -> tuple[int, int]:
    teller = Teller(rng, scene, number)
    stream = moments(rng, number, scene.ends_at)
    rows = results = done = 0
    while portion := list(islice(stream, PORTION)):
        with studio.database.write():
            balances = bulk.balances(studio.database, scene.users)
            bought: list[Bought] = []
            stories = [teller.tell(moment, balances, bought) for moment in portion]
            wallets = [
                Wallet(
                    balances[user_id],
                    sum(one.tokens for one in bought if one.user_id == user_id and _paid(one)),
                    sum(
                        story.tokens_used
                        for story in stories
                        if story.user_id == user_id and story.ended_at is not None
                    ),
                    user_id,
                )
                for user_id in scene.users
            ]
            rows += bulk.write(studio.database, stories, bought, drawn, wallets)
        results += sum(story.saved for story in stories)
        done += len(stories)
        progress(done)
    return rows, results


def _paid(one: Bought) -> bool:
    return one.before is not None


def _scene(
    studio: Studio,
    rng: random.Random,
    drawn: Sequence[Drawn],
    number: int,
    progress: Callable[[int], None],
) -> tuple[Scene, int]:
    """Take in the photos that the stories use, and return the scene and how many there are."""
    ends_at = now_ms() // DAY_MS * DAY_MS
    people = [studio.user_id, *_colleagues(studio, ends_at)]
    products = {user_id: Photos() for user_id in people}
    models = {user_id: Photos() for user_id in people}
    done = 0
    stream = _photos(rng, people, drawn, number, ends_at)
    while portion := list(islice(stream, 5000)):
        with studio.database.write():
            files.insert_many(studio.database, portion)
            for row in portion:
                usage.insert(studio.database, _uploaded(row))
        for row in portion:
            kept = products if row.category == Category.PRODUCT.value else models
            kept[row.user_id].ids.append(row.id)
            kept[row.user_id].moments.append(row.uploaded_at)
        done += len(portion)
        progress(done)
    scene = Scene(
        catalogue=studio.catalogue,
        providers=tuple(studio.providers),
        users=people,
        products=products,
        models=models,
        ends_at=ends_at,
    )
    return scene, done


def _colleagues(studio: Studio, ends_at: int) -> list[int]:
    """Return some other people of this workspace, made with their free tokens where missing."""
    found = bulk.other_users(studio.database, studio.user_id, len(COLLEAGUES))
    tokens = studio.catalogue.free_tokens
    for name in COLLEAGUES[len(found) :]:
        with studio.database.write():
            user_id = new_id()
            users.insert(studio.database, user_id, name, ends_at - DAYS * DAY_MS)
            if tokens:
                move = ledger.grant(user_id, tokens, "welcome")
                entries.append(studio.database, user_id, move, ends_at - DAYS * DAY_MS)
        found.append(user_id)
    return found


def _photos(
    rng: random.Random, people: Sequence[int], drawn: Sequence[Drawn], number: int, ends_at: int
) -> Iterator[StoredFile]:
    """Yield photos in the order of their upload; everybody has a product from the first day."""
    begins = ends_at - (DAYS + 1) * DAY_MS
    for place, user_id in enumerate(people):
        yield _photo(rng, user_id, drawn, begins + place, place, Category.PRODUCT)
    left = max(0, number - len(people))
    for place in range(left):
        moment = begins + DAY_MS // 2 + int((place + rng.random()) / left * DAYS * DAY_MS)
        user_id = people[0]
        if rng.random() > OWN_SHARE:
            user_id = rng.choice(people[1:])
        person = rng.random() < _MODEL_SHARE
        category = Category.MODEL if person else Category.PRODUCT
        yield _photo(rng, user_id, drawn, moment, len(people) + place, category)


def _photo(
    rng: random.Random,
    user_id: int,
    drawn: Sequence[Drawn],
    moment: int,
    place: int,
    category: Category,
) -> StoredFile:
    picture = rng.choice(drawn)
    title = f"{rng.choice(LOOKS)}-{rng.choice(GOODS)}"
    if category is Category.MODEL:
        title = "person"
    return StoredFile(
        id=(moment << RANDOM_BITS) | rng.getrandbits(RANDOM_BITS),
        user_id=user_id,
        filename=f"{title}-{place:05}.jpg",
        content_type="image/jpeg",
        size=picture.size,
        storage_id=picture.storage_id,
        uploaded_at=moment,
        category=category.value,
        width=picture.width,
        height=picture.height,
        format="JPEG",
        generation_id=None,
        original_url=None,
        favourite=0,
        rating=0,
        style=None,
        provider=None,
        facts="{}",
        trashed_at=None,
    )


def _uploaded(row: StoredFile) -> UsageRecord:
    return UsageRecord(
        id=row.id,
        user_id=row.user_id,
        action=Action.IMAGE_UPLOADED.value,
        timestamp=row.uploaded_at,
        session=None,
        generation_id=None,
        purchase_id=None,
        file_id=row.id,
        provider="",
        style="",
        tokens=0,
        pictures=1,
        duration_ms=0,
        metadata=f'{{"size": {row.size}}}',
    )
