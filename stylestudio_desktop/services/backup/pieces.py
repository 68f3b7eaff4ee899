"""Brings single pictures, generations and collections back from a backup, and nothing else."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import BinaryIO

from stylestudio_desktop.domain.errors import BadInput, NotFound, StorageError
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.generation import Role, Status
from stylestudio_desktop.domain.ids import LARGEST_ID
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.domain.records import Collection, StoredFile
from stylestudio_desktop.files.attending import attended
from stylestudio_desktop.files.bounds import Tier
from stylestudio_desktop.files.disk import storing
from stylestudio_desktop.files.incoming import receive
from stylestudio_desktop.files.scaling import render
from stylestudio_desktop.files.store import Condition, FileStore
from stylestudio_desktop.services import adopting, organising
from stylestudio_desktop.services.adopting import Adopted, Story
from stylestudio_desktop.services.backup import reading, restore, snapshots, staging, swap
from stylestudio_desktop.services.backup.reading import (
    Backup,
    Progress,
    picture_name,
    silent,
    stopping,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import collections, files, generations, notes, tags, undoing
from stylestudio_desktop.store.copying import Copy
from stylestudio_desktop.store.database import Database

PAGE = 100
STRIDE = 1000
FARTHEST = 50
"""So many strides are looked through for pictures that are not here before a person is asked."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture in a backup; `here` says how it is now: “here”, “trash” or “gone”."""

    row: StoredFile
    here: str


@dataclass(frozen=True, slots=True)
class Page:
    """Pictures of a backup, newest first; `after` is the id to go on before, None at the end."""

    seen: list[Seen]
    after: int | None


class Inside:
    """An open backup: what is in it, and the way back for each piece."""

    def __init__(self, studio: Studio, copy: Copy, origin: restore.Origin) -> None:
        """Look into `copy`, the origin's proven database."""
        self._studio = studio
        self._copy = copy
        self._origin = origin

    def pictures(self, search: str = "", before: int = LARGEST_ID, limit: int = PAGE) -> list[Seen]:
        """Return pictures of the backup, newest first, by names and prompts."""
        wanted = FileFilter(search=search)
        rows = files.page(self._copy, self._studio.user_id, wanted, before, limit)
        mine = {
            row.id: row
            for row in files.by_ids(
                self._studio.database, self._studio.user_id, [row.id for row in rows]
            )
        }
        return [Seen(row, _standing(mine.get(row.id))) for row in rows]

    def lacking(self, search: str = "", before: int = LARGEST_ID) -> Page:
        """Return the next pictures of the backup that are not here, or lie in the trash."""
        found: list[Seen] = []
        for _ in range(FARTHEST):
            some = self.pictures(search, before, STRIDE)
            found += [one for one in some if one.here != "here"]
            if len(some) < STRIDE:
                return Page(found, None)
            before = some[-1].row.id
            if len(found) >= PAGE:
                break
        return Page(found, before)

    def thumbnail(self, row: StoredFile) -> bytes | None:
        """Return a small JPEG or WebP of a picture, from here or from there; None without one."""
        kept = self._studio.thumbnails.get(row.storage_id, Tier.SMALL)
        if kept is not None:
            return kept
        try:
            with self.fetch(row) as source:
                copy = receive(source, self._studio.workspace.tmp, row.size)
            try:
                good = copy.storage_id == row.storage_id
                return render(copy.path, self._studio.limits).tier(Tier.SMALL) if good else None
            finally:
                copy.discard()
        except (StorageError, BadInput):
            return None

    def collections(self) -> list[Collection]:
        """Return the backup's collections."""
        return collections.listing(self._copy, self._studio.user_id)

    def fetch(self, row: StoredFile) -> BinaryIO:
        """Open a picture's bytes. Raises StorageError where there are none.

        A snapshot has none of its own; a library that a restore has replaced may still have them.
        """
        if isinstance(self._origin, Backup):
            return self._origin.open(picture_name(row.storage_id))
        place = self._studio.workspace
        for kept in swap.kept(place):
            store = FileStore(kept / "files", place.tmp)
            if store.quick(row.storage_id, row.size) is Condition.INTACT:
                return store.open(row.storage_id)
        return self._studio.files.open(row.storage_id)

    def bring_back(
        self,
        wanted: Sequence[int],
        progress: Progress = silent,
        cancelled: Event | None = None,
    ) -> Adopted:
        """Bring pictures, generations and collections back by their ids in the backup.

        What is here already stays as it is; what lies in the trash comes out of it. Raises
        NotFound, with nothing changed, if the backup has no such thing; Stopped; StorageError.
        """

        def work(progress: Progress, cancelled: Event | None) -> Adopted:
            return self._bring_back(wanted, progress, stopping(cancelled))

        home = self._studio.workspace.root
        return attended(home, _places(self._origin), work, progress, cancelled, self._holding)

    @contextlib.contextmanager
    def _holding(self) -> Iterator[None]:
        with self._studio.database.connection(), self._copy.connection():
            yield

    def _bring_back(
        self, wanted: Sequence[int], progress: Progress, check: Callable[[], None]
    ) -> Adopted:
        plans = [self._plan(one) for one in wanted]
        into = Adopted()
        for number, (plan, one) in enumerate(zip(plans, wanted, strict=True)):
            progress(number, len(plans), str(one))
            for row in files.by_ids(self._copy, self._studio.user_id, plan.loose):
                check()
                self._one(row, into)
            for generation_id in plan.made:
                check()
                adopting.story(self._studio, self._story(generation_id), self.fetch, into)
            if plan.collection is not None:
                self._collect(plan.collection, into)
        self._describe(into)
        progress(len(plans), len(plans), "")
        return into

    def _plan(self, one: int) -> "_Plan":
        owner = self._studio.user_id
        if files.get(self._copy, one, owner) is not None:
            return _Plan(loose=(one,))
        if generations.get(self._copy, one, owner) is not None:
            return _Plan(made=(one,))
        for collection in self.collections():
            if collection.id == one:
                inside = collections.in_order(self._copy, owner, one)
                return _Plan(loose=tuple(inside), collection=collection)
        raise NotFound(f"There is no picture, generation or collection {one} in this backup.")

    def _one(self, row: StoredFile, into: Adopted) -> None:
        if row.generation_id is None:
            adopting.picture(self._studio, row, self.fetch, into)
        else:
            told = self._story(row.generation_id, only=row.id)
            adopting.story(self._studio, told, self.fetch, into)

    def _story(self, generation_id: int, only: int | None = None) -> Story:
        return story_of(self._copy, self._studio.user_id, generation_id, only)

    def _collect(self, collection: Collection, into: Adopted) -> None:
        studio = self._studio
        with studio.database.write():
            found = collections.find(studio.database, studio.user_id, collection.name)
            if found is None:
                made = organising.new_collection(studio, collection.name, collection.description)
                found = made.id
            begin = collections.next_position(studio.database, found)
            order = collections.in_order(self._copy, studio.user_id, collection.id)
            ids = [into.pictures[one] for one in order if one in into.pictures]
            places = {one: begin + place for place, one in enumerate(ids)}
            undoing.write(studio.database, studio.user_id, "collection", found, places)

    def _describe(self, into: Adopted) -> None:
        describe(self._studio, self._copy, self._studio.user_id, into)


@dataclass(frozen=True, slots=True)
class _Plan:
    loose: tuple[int, ...] = ()
    made: tuple[int, ...] = ()
    collection: Collection | None = None


def _standing(row: StoredFile | None) -> str:
    if row is None:
        return "gone"
    return "here" if row.trashed_at is None else "trash"


def story_of(copy: Copy, owner: int, generation_id: int, only: int | None = None) -> Story:
    """Return a generation of `owner` as `copy` has it, with one of its pictures or with all.

    Raises NotFound for one that is not finished: it has no pictures.
    """
    made = generations.get(copy, generation_id, owner)
    if made is None or made.status != Status.COMPLETED.value:
        raise NotFound(f"Generation {generation_id} has no pictures in this backup.")
    linked = generations.linked(copy, [generation_id])
    rows = {row.id: row for row in files.by_ids(copy, owner, [one.file_id for one in linked])}

    def playing(role: Role) -> tuple[StoredFile, ...]:
        return tuple(
            rows[one.file_id]
            for one in linked
            if one.role == role.value and (only in (None, one.file_id) or role is not Role.RESULT)
        )

    results = {one.file_id: one.position for one in linked if one.role == Role.RESULT.value}
    return Story(
        made,
        playing(Role.PRODUCT),
        playing(Role.MODEL),
        playing(Role.RESULT),
        results,
        playing(Role.BACKGROUND),
    )


def describe(studio: Studio, copy: Copy, owner: int, into: Adopted) -> None:
    """Give the pictures that are new here the notes and tags that they have in `copy`."""
    new = set(into.new)
    with studio.database.write():
        for there, here in into.pictures.items():
            if here not in new:
                continue
            note = notes.of_file(copy, owner, there)
            if note:
                undoing.write(studio.database, studio.user_id, "note", 0, {here: note})
            for tag in tags.of_file(copy, owner, there):
                mine = organising.tag_called(studio, tag.name)
                undoing.write(studio.database, studio.user_id, "tag", mine, {here: 1})


def _places(origin: restore.Origin) -> list[Path]:
    return [origin.home] if isinstance(origin, Backup) else []


class Spread:
    """A backup laid out to be looked into: its database is copied aside once, and proven."""

    def __init__(
        self, studio: Studio, what: str | restore.Origin, cancelled: Event | None = None
    ) -> None:
        """Lay out a snapshot by its name, a full backup by its place, or what is given.

        Raises BadInput where there is none or it can't be trusted, StorageError for a damaged one.
        """
        self._studio = studio
        self._folder = studio.workspace.restoring / "look"
        self._origin = _origin(studio, what) if isinstance(what, str) else what
        try:
            self._path = attended(
                studio.workspace.root, _places(self._origin), self._put, cancelled=cancelled
            )
            whole = Database(self._path)  # a copy is read without the log that may lie beside it
            with contextlib.closing(whole):
                whole.open()
                whole.value("PRAGMA journal_mode = delete")
        except BaseException:
            self.close()
            raise

    def _put(self, _progress: Progress, cancelled: Event | None) -> Path:
        check = stopping(cancelled)
        with storing("looking into a backup"):
            return restore.put_database(self._studio.workspace, self._origin, self._folder, check)

    @contextlib.contextmanager
    def open(self) -> Iterator[Inside]:
        """Hold it open on this thread."""
        copy = Copy(self._path)
        with contextlib.closing(copy):
            copy.open()
            yield Inside(self._studio, copy, self._origin)

    def close(self) -> None:
        """Put away what was copied."""
        if isinstance(self._origin, Backup):
            self._origin.close()
        staging.put_away(self._folder)


@contextlib.contextmanager
def look_into(
    studio: Studio, what: str | restore.Origin, cancelled: Event | None = None
) -> Iterator[Inside]:
    """Open a backup to bring pieces back from it; raises what `Spread` raises."""
    with contextlib.closing(Spread(studio, what, cancelled)) as spread, spread.open() as inside:
        yield inside


def _origin(studio: Studio, what: str) -> restore.Origin:
    with contextlib.suppress(BadInput):
        return snapshots.find(studio.workspace, what)
    return reading.find(path_of(what).absolute())
