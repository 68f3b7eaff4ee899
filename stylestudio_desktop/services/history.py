"""What was made and what became of it: the list of generations and each one's whole story."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from stylestudio_desktop.domain.batch import BatchItem, Progress
from stylestudio_desktop.domain.errors import IllegalStep, NotFound
from stylestudio_desktop.domain.events import FilesChanged, GenerationsChanged
from stylestudio_desktop.domain.filters import DEFAULT_LIMIT, GenerationFilter
from stylestudio_desktop.domain.generation import Role
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import (
    Count,
    Generation,
    GenerationCard,
    Job,
    LinkedFile,
    Page,
    StateChange,
    StoredFile,
    TokenEntry,
    User,
)
from stylestudio_desktop.domain.sending import Sending
from stylestudio_desktop.services import accounts, attempts, library
from stylestudio_desktop.services.alternatives import Alternative, alternatives
from stylestudio_desktop.services.paging import checked_limit, cursor, paged
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import batches, counts, entries, files, generations, jobs, sendings

_ORDER = [role.value for role in Role]
"""In which order the photos of a generation are told."""


class HistoryRow(NamedTuple):
    """A generation with its picture, its products' names and, while open, its queue place.

    With `batch` set it is a whole batch, as the timeline shows it.
    """

    card: GenerationCard
    thumbnail: str | None
    job: Job | None
    products: tuple[str, ...] = ()
    batch: Progress | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Everything there is to tell about one generation."""

    generation: Generation
    inputs: tuple[LinkedFile, ...]
    results: tuple[StoredFile, ...]
    states: tuple[StateChange, ...]
    entries: tuple[TokenEntry, ...]
    job: Job | None
    item: BatchItem | None = None
    sendings: tuple[Sending, ...] = ()
    instead: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The first look at a library, in a fixed number of queries."""

    user: User
    generations: tuple[HistoryRow, ...]
    by_status: tuple[Count, ...]
    by_category: tuple[Count, ...]


def listing(
    studio: Studio,
    wanted: GenerationFilter,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[GenerationCard]:
    """Return a page of generations, newest first. Raises BadInput."""
    limit = checked_limit(limit)
    found = generations.page(studio.database, studio.user_id, wanted, cursor(after), limit + 1)
    return paged(found, limit, lambda card: card.id)


def rows(
    studio: Studio,
    wanted: GenerationFilter,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[HistoryRow]:
    """Return a page of generations with their pictures and places in the queue."""
    page = listing(studio, wanted, after, limit)
    return Page(with_pictures(studio, page.items), page.next)


def with_pictures(studio: Studio, cards: Sequence[GenerationCard]) -> list[HistoryRow]:
    """Add the picture that stands for each generation: its first result, or its product."""
    ids = [card.id for card in cards]
    pictures: dict[int, str] = {}
    products: dict[int, list[str]] = {}
    for one in generations.linked(studio.database, ids):
        if one.role == Role.PRODUCT.value:
            products.setdefault(one.generation_id, []).append(one.filename)
        best = one.is_primary or (one.role == Role.PRODUCT.value and one.position == 0)
        if best and (one.is_primary or one.generation_id not in pictures):
            pictures[one.generation_id] = one.storage_id
    waiting = {job.generation_id: job for job in jobs.of_generations(studio.database, ids)}
    return [
        HistoryRow(
            card,
            pictures.get(card.id),
            waiting.get(card.id),
            tuple(products.get(card.id, ())),
        )
        for card in cards
    ]


def ids(studio: Studio, wanted: GenerationFilter) -> "array[int]":
    """Return the ids of all generations that fit, newest first."""
    return generations.ids(studio.database, studio.user_id, wanted)


def mark(studio: Studio) -> tuple[int, ...]:
    """Return numbers that are others once rows came, went, or moved to the trash or back."""
    made = sum(one.number for one in totals(studio))
    return made, *generations.in_trash(studio.database, studio.user_id)


def story(studio: Studio, generation_id: int) -> Story:
    """Return everything about one generation. Raises NotFound."""
    row = attempts.owned(studio, generation_id)
    linked = generations.linked(studio.database, [generation_id])
    results = [one.file_id for one in linked if one.role == Role.RESULT.value]
    by_id = {one.id: one for one in files.by_ids(studio.database, studio.user_id, results)}
    return Story(
        generation=row,
        inputs=tuple(
            sorted(
                (one for one in linked if one.role != Role.RESULT.value),
                key=lambda one: (_ORDER.index(one.role), one.position),
            )
        ),
        results=tuple(by_id[file_id] for file_id in results if file_id in by_id),
        states=tuple(generations.states(studio.database, generation_id)),
        entries=tuple(entries.of_generation(studio.database, generation_id)),
        job=jobs.get(studio.database, generation_id),
        item=None
        if row.batch_id is None
        else batches.of_generation(studio.database, generation_id),
        sendings=tuple(sendings.of_generation(studio.database, generation_id)),
        instead=alternatives(studio, row),
    )


def totals(studio: Studio) -> list[Count]:
    """Return kept counts: generations and tokens by status."""
    return counts.generations(studio.database, studio.user_id)


def dashboard(studio: Studio) -> Dashboard:
    """Return the person, the ten newest generations and the kept counts."""
    newest = listing(studio, GenerationFilter(), limit=10)
    return Dashboard(
        user=accounts.current_user(studio),
        generations=tuple(with_pictures(studio, newest.items)),
        by_status=tuple(totals(studio)),
        by_category=tuple(counts.files(studio.database, studio.user_id)),
    )


def trash(studio: Studio, wanted: Sequence[int]) -> None:
    """Move ended generations and their pictures to the trash. Raises NotFound, IllegalStep."""
    moment = now_ms()
    with studio.database.write():
        for generation_id in wanted:
            row = attempts.owned(studio, generation_id)
            if attempts.is_open(row):
                raise IllegalStep(
                    f"Generation {generation_id} still waits or runs. Nothing was moved to the "
                    "trash. Cancel it first."
                )
        _move(studio, wanted, moment)


def restore(studio: Studio, wanted: Sequence[int]) -> None:
    """Bring generations and their pictures back from the trash. Raises NotFound."""
    with studio.database.write():
        for generation_id in wanted:
            attempts.owned(studio, generation_id)
        _move(studio, wanted, None)


def _move(studio: Studio, wanted: Sequence[int], at: int | None) -> None:
    database = studio.database
    generations.set_trashed(database, studio.user_id, wanted, at, now_ms())
    results = [
        one.file_id
        for one in generations.linked(database, list(wanted))
        if one.role == Role.RESULT.value
    ]
    files.set_trashed(database, studio.user_id, results, at)
    studio.tell(GenerationsChanged(tuple(wanted)))
    if results:
        studio.tell(FilesChanged(tuple(results)))


def trash_any(studio: Studio, wanted: Sequence[int], back: bool = False) -> None:
    """Trash (or bring `back`) rows of which nobody says whether they are pictures or generations.

    Raises NotFound if an id is neither; nothing is moved then.
    """
    database = studio.database
    with database.write():
        pictures = {one.id for one in files.cards(database, studio.user_id, wanted)}
        made = [one for one in wanted if one not in pictures]
        for generation_id in made:
            if generations.get(database, generation_id, studio.user_id) is None:
                raise NotFound(f"There is no picture or generation {generation_id} here.")
        kept = [one for one in wanted if one in pictures]
        if kept:
            (library.restore if back else library.trash)(studio, kept)
        if made:
            (restore if back else trash)(studio, made)
