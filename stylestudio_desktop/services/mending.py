"""Mends what a proof of the library finds; what it removes goes to a quarantine, never away."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from stylestudio_desktop.config.presence import Presence
from stylestudio_desktop.domain.errors import BadInput, StorageError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import Reason, stamp
from stylestudio_desktop.files.disk import make_private_folder, storing
from stylestudio_desktop.files.store import Condition
from stylestudio_desktop.services import health, health_files, queue
from stylestudio_desktop.services.backup import places, reading, snapshots, unfinished
from stylestudio_desktop.services.health import ARRIVING_S, Health
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import audit, mending, words

Progress = Callable[[float, float, str], None]
_PARTS = 4.0


@dataclass(slots=True)
class Mended:
    """What was done, in sentences; where removed files lie; and what is still wrong."""

    done: list[str] = field(default_factory=list)
    quarantine: Path | None = None
    left: Health | None = None

    @property
    def ok(self) -> bool:
        """Whether every rule holds again."""
        return self.left is not None and self.left.ok


def repair(
    studio: Studio,
    progress: Progress = lambda _done, _all, _name: None,
    deep: bool = True,
    grace_s: float = ARRIVING_S,
) -> Mended:
    """Prove the library, mend what can be mended without losing a byte, and prove it again.

    A snapshot is taken first. Raises StorageError where even that is impossible.
    """
    made = Mended()
    found = health.verify(studio, deep, _part(progress, 0), grace_s)
    if not found.ok:
        _snapshot(studio, made)
        _mend(studio, found, made, grace_s)
    _thumbnails(studio, made, _part(progress, 2))
    made.left = health.verify(studio, deep, _part(progress, 3), grace_s) if made.done else found
    return made


def _part(progress: Progress, number: int) -> Progress:
    def step(done: float, of_all: float, name: str) -> None:
        progress(number + done / max(of_all, 1e-9), _PARTS, name)

    return step


def _snapshot(studio: Studio, made: Mended) -> None:
    try:
        taken = snapshots.take(studio, Reason.REPAIR)
    except StorageError as error:
        made.done.append(f"No snapshot could be taken first: {error.sentence}")
    else:
        made.done.append(f"A snapshot was taken first: {taken.path.name}.")


def _mend(studio: Studio, found: Health, made: Mended, grace_s: float) -> None:
    rules = {one.rule for one in found.problems}
    if "kept counts" in rules:
        with studio.database.write():
            mending.recount(studio.database)
        made.done.append("The kept counts and daily sums were worked out anew.")
    if "search" in rules:
        subjects = {one.subject for one in found.problems if one.rule == "search"}
        with studio.database.write():
            mending.make_words_anew(studio.database, subjects.intersection(words.INDEXES))
        made.done.append("The search knows every picture and prompt again.")
    if "stored bytes" in rules:
        _bytes(studio, made, grace_s)
    if "temporary files" in rules:
        _leftovers(studio, made, grace_s)
    _dead_hosts(studio, made)


def _bytes(studio: Studio, made: Mended, grace_s: float) -> None:
    """Fetch damaged and missing pictures from the last full backup; set orphans aside."""
    healed = missing = orphans = 0
    with places.newest(places.reachable(studio.workspace)) as backups:
        for storage_id, row in health_files.side_by_side(studio):
            if row is None:
                orphans += _set_aside(studio, made, [_old(studio, storage_id, grace_s)])
            elif studio.files.verify(storage_id) is not Condition.INTACT:
                fetched = any(_fetch(studio, made, one, row) for one in backups)
                healed += fetched
                missing += not fetched
    if healed:
        made.done.append(f"{_of(healed, 'picture')} came back whole from the last full backup.")
    if missing:
        lost = _of(missing, "picture")
        made.done.append(f"Missing or damaged, and in no full backup that can be reached: {lost}.")
    if orphans:
        made.done.append(f"Set aside: {_of(orphans, 'stored file')} that no picture refers to.")


def _old(studio: Studio, storage_id: str, grace_s: float) -> Path | None:
    path = studio.files.path(storage_id)
    return path if health_files.age_of(path) >= grace_s else None


def _fetch(studio: Studio, made: Mended, backup: reading.Backup, row: audit.Bytes) -> bool:
    try:
        with (
            backup.open(reading.picture_name(row.storage_id)) as source,
            studio.files.batch() as batch,
        ):
            incoming = batch.add(source, row.most)
            if incoming.storage_id != row.storage_id:
                batch.reject(incoming)
                return False
            damaged = studio.files.path(row.storage_id)
            _set_aside(studio, made, [damaged if damaged.exists() else None])
    except (StorageError, BadInput):
        return False
    return True


def _set_aside(studio: Studio, made: Mended, paths: Iterable[Path | None]) -> int:
    """Move files to this repair's quarantine, and return how many moved."""
    moved = 0
    for path in paths:
        if path is None:
            continue
        if made.quarantine is None:
            made.quarantine = studio.workspace.quarantine / stamp(now_ms())
        with storing("setting a file aside"), contextlib.suppress(FileNotFoundError):
            target = made.quarantine / path.relative_to(studio.workspace.root)
            make_private_folder(target.parent)
            path.rename(target)
            moved += 1
    return moved


def _leftovers(studio: Studio, made: Mended, grace_s: float) -> None:
    moved = _set_aside(studio, made, health_files.left_over(studio, grace_s))
    if moved:
        made.done.append(f"Set aside: {_of(moved, 'unfinished file')}.")
    if freed := unfinished.sweep(studio.workspace):
        made.done.append(f"Removed: {freed / 1e6:,.1f} MB of a backup that was cut off.")


def _dead_hosts(studio: Studio, made: Mended) -> None:
    presence = Presence(studio.workspace.locks)
    claimed = queue.other_hosts(studio, presence.host)
    dead = sorted(one for one in claimed if not presence.alive(one))
    if dead:
        freed = queue.recover(studio, presence.host, dead)
        made.done.append(
            f"{_of(freed, 'generation')} of a program that ended put back into the queue."
        )


def _thumbnails(studio: Studio, made: Mended, progress: Progress) -> None:
    anew = 0
    for number, row in enumerate(audit.stored_bytes(studio.database)):
        if number % 20 == 0:
            progress(number, number + 1000.0, "thumbnails")
        if studio.thumbnails.has(row.storage_id):
            continue
        with contextlib.suppress(BadInput):  # no picture, or its bytes are missing: told above
            studio.thumbnails.make(row.storage_id, studio.files.path(row.storage_id))
            anew += 1
    if anew:
        made.done.append(f"Drawn anew: {_of(anew, 'thumbnail')}.")


def _of(number: int, what: str) -> str:
    """Return "1 picture" or "2 pictures"."""
    return f"{number} {what}" + "s" * (number != 1)
