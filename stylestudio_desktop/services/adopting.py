"""Takes pictures with their stories into the library from elsewhere; never any money.

From a backup, from another workspace, or from what pictures say about themselves. A generation
comes in as finished and free of charge: what it cost was paid where it was made. What is here
already stays as it is, so doing it twice changes nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.brief import MAX_COUNT
from stylestudio_desktop.domain.errors import BadInput, StorageError
from stylestudio_desktop.domain.events import FilesChanged, FilesImported
from stylestudio_desktop.domain.generation import Category, Role, Status
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.records import Action, Generation, StoredFile
from stylestudio_desktop.files.store import Condition
from stylestudio_desktop.services import attempts, ledger_proof
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, fidelity, files, generations

Fetch = Callable[[StoredFile], BinaryIO]
"""Opens a picture's bytes elsewhere. Raises StorageError or BadInput where they are gone."""

Progress = Callable[[int, int, str], None]

_WALK = (Status.UPLOADING, Status.PROCESSING, Status.COMPLETED)


@dataclass(frozen=True, slots=True)
class Story:
    """A finished generation with its pictures, as they are elsewhere, in their order."""

    made: Generation
    products: tuple[StoredFile, ...]
    models: tuple[StoredFile, ...]
    results: tuple[StoredFile, ...]
    places: Mapping[int, int]
    """The place of each result among those that were made, by its id."""

    backgrounds: tuple[StoredFile, ...] = ()

    @property
    def sources(self) -> tuple[StoredFile, ...]:
        """Every photo that its pictures were made from."""
        return (*self.products, *self.models, *self.backgrounds)


@dataclass(slots=True)
class Adopted:
    """What came in: elsewhere's id of each picture with its id here, and what could not."""

    pictures: dict[int, int] = field(default_factory=dict)
    generations: list[int] = field(default_factory=list)
    new: list[int] = field(default_factory=list)
    untrashed: list[int] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def picture(studio: Studio, row: StoredFile, fetch: Fetch, into: Adopted) -> int | None:
    """Take one picture that no generation made; return its id here, None if its bytes are gone."""
    if row.id in into.pictures:
        return into.pictures[row.id]
    if not _have_bytes(studio, row, fetch):
        into.missing.append(row.filename)
        return None
    with studio.database.write():
        return _row(studio, row, None, into)


def story(studio: Studio, told: Story, fetch: Fetch, into: Adopted) -> int | None:
    """Take a generation with its pictures; return its id here.

    Where a photo that it was made from is gone, its pictures come in by themselves, as photos,
    and None is returned.
    """
    for row in told.sources:
        picture(studio, row, fetch, into)
    there = [row for row in told.results if _have_bytes(studio, row, fetch)]
    into.missing += [row.filename for row in told.results if row not in there]
    whole = told.products and all(row.id in into.pictures for row in told.sources)
    if not whole or (not there and told.results):
        for row in there:
            picture(studio, row._replace(category=Category.PRODUCT.value), fetch, into)
        return None
    ledger_proof.prepare(studio)
    with studio.database.write():
        found, beyond = _generation(studio, told, there, into)
    for row in beyond:
        picture(studio, row._replace(category=Category.PRODUCT.value), fetch, into)
    return found


def _generation(
    studio: Studio, told: Story, there: Sequence[StoredFile], into: Adopted
) -> tuple[int, list[StoredFile]]:
    """Return the generation's id here, and the pictures for which it has no place."""
    database = studio.database
    here = generations.get(database, told.made.id, studio.user_id)
    if here is None:
        here = _begin(studio, told, into)
        into.generations.append(here.id)
    elif here.status != Status.COMPLETED.value:
        return here.id, []  # it goes its own way here
    if here.trashed_at is not None:
        generations.set_trashed(database, studio.user_id, [here.id], None, now_ms())
    linked = generations.linked(database, [here.id])
    room = MAX_COUNT - sum(one.role == Role.RESULT.value for one in linked)
    beyond: list[StoredFile] = []
    for row in there:
        if files.get(database, row.id, studio.user_id) is None and room <= 0:
            beyond.append(row)
            continue
        before = len(into.new)
        found = _row(studio, row, here.id, into)
        if len(into.new) > before:
            room -= 1
            generations.link_at(database, here.id, Role.RESULT, told.places[row.id], found)
            fidelity.mark_due(database, studio.user_id, [found])
    generations.promote(database, here.id)
    return here.id, beyond


def _begin(studio: Studio, told: Story, into: Adopted) -> Generation:
    """Add the generation, free of charge, and walk it to its end."""
    database, was = studio.database, told.made
    known = generations.by_id(database, was.id) or entries.of_generation(database, was.id)
    end = was.completed_at or was.created_at
    row = was._replace(
        id=new_id() if known else was.id,
        user_id=studio.user_id,
        status=Status.PENDING.value,
        price=0,
        tokens_used=0,
        error_code=None,
        error=None,
        retry_count=0,
        remote_id=None,
        updated_at=was.created_at,
        completed_at=None,
        trashed_at=None,
        batch_id=None,
    )
    generations.insert(database, row)
    for role, used in (
        (Role.PRODUCT, told.products),
        (Role.MODEL, told.models),
        (Role.BACKGROUND, told.backgrounds),
    ):
        generations.link(database, row.id, role, [into.pictures[one.id] for one in used])
    entries.append(database, row.user_id, ledger.hold(row.id, 0, 0), was.created_at)
    attempts.record(studio, row, Action.GENERATION_STARTED, was.created_at)
    for status in _WALK:
        at = end if status is Status.COMPLETED else None
        generations.step(database, row, status, end, completed_at=at)
        row = row._replace(status=status.value, completed_at=at)
    entries.append(database, row.user_id, ledger.settle(row.id, 0, 0, 0), end)
    attempts.record(
        studio,
        row,
        Action.GENERATION_COMPLETED,
        end,
        pictures=len(told.results),
        duration_ms=was.processing_time_ms or 0,
        metadata=json.dumps({"adopted": True}),
    )
    return row


def _row(studio: Studio, row: StoredFile, generation_id: int | None, into: Adopted) -> int:
    """Return the id here of a picture whose bytes are here, added or taken out of the trash."""
    database = studio.database
    here = files.get(database, row.id, studio.user_id)
    if here is not None and here.storage_id == row.storage_id:
        if here.trashed_at is not None:
            files.set_trashed(database, studio.user_id, [here.id], None)
            into.untrashed.append(here.id)
            studio.tell(FilesChanged((here.id,)))
        into.pictures[row.id] = here.id
        return here.id
    found = None
    if generation_id is None:
        found = files.same(database, studio.user_id, row.storage_id, row.category)
    if found is None:
        found = new_id() if here is not None or files.taken(database, row.id) else row.id
        mine = row._replace(
            id=found, user_id=studio.user_id, generation_id=generation_id, trashed_at=None
        )
        files.insert(database, mine)
        into.new.append(found)
        studio.tell(FilesImported((found,)))
    into.pictures[row.id] = found
    return found


def _have_bytes(studio: Studio, row: StoredFile, fetch: Fetch) -> bool:
    if studio.files.quick(row.storage_id, row.size) is Condition.INTACT:
        return True
    try:
        with fetch(row) as source, studio.files.batch() as batch:
            incoming = batch.add(source, row.size)
            if incoming.storage_id != row.storage_id:
                batch.reject(incoming)
                return False
    except (StorageError, BadInput):
        return False
    return True
