"""The lock of network weights: what may be fetched, what is here, and the fetch itself."""

import contextlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event

import filelock
import platformdirs

from stylestudio_desktop.engine import installed
from stylestudio_desktop.engine.archives import FetchFailed, Source, download, extract

__all__ = ["FetchFailed", "WeightStatus", "fetch", "file_name", "folder", "place", "status"]

ENGINE_DIR = "STYLESTUDIO_ENGINE_DIR"
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Weight:
    """One network's file: its identity, where it may come from and what it adds."""

    name: str
    title: str
    file: str
    size: int
    sha256: str
    licence: str
    origin: str
    adds: str
    optional: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class WeightStatus:
    """What the app shows of one weight. `size` is its bytes on disk, `download` over the net.

    `damaged` means that an installer brought it along and it is not what it brought.
    """

    name: str
    title: str
    present: bool
    size: int
    download: int
    adds: str
    licence: str
    origin: str
    optional: bool
    damaged: bool


def folder() -> Path:
    """Return the folder of the user's weights; STYLESTUDIO_ENGINE_DIR overrides it."""
    chosen = os.environ.get(ENGINE_DIR)
    if chosen:
        return Path(chosen)
    return Path(platformdirs.user_data_dir("StyleStudio")) / "engine"


def status() -> list[WeightStatus]:
    """Return every weight of the lock, needed ones first; sizes are checked, digests are not.

    Digests are proven when a file is fetched, or first met where an installer brought it along;
    reading 50 MB at every start would be waste.
    """
    return [
        WeightStatus(
            weight.name,
            weight.title,
            _present(weight),
            weight.size,
            weight.sources[0].archive_size,
            weight.adds,
            weight.licence,
            weight.origin,
            weight.optional,
            _damaged(weight),
        )
        for weight in sorted(_lock().values(), key=lambda each: each.optional)
    ]


def file_name(name: str) -> str:
    """Return the file name of the weight `name`."""
    return _lock()[name].file


def place(name: str, own: Path | None = None) -> Path:
    """Return where the weight `name` is to be read, whether or not it is there.

    That is the file that an installer brought along if it is whole, else the user's, in `own` or
    `folder()`.
    """
    weight = _lock()[name]
    if _installed(weight):
        return installed.folder() / weight.file
    return (own or folder()) / weight.file


def needed() -> list[str]:
    """Return the names that a first fetch takes, about 110 MB together."""
    return [weight.name for weight in _lock().values() if not weight.optional]


def discard(name: str, own: Path) -> None:
    """Take away the user's file of `name` in `own` if it does not have the pinned digest."""
    weight = _lock()[name]
    path = own / weight.file
    with contextlib.suppress(OSError):
        if installed.digest(path) != weight.sha256:
            path.unlink()


def fetch(names: Iterable[str], progress: Progress, cancelled: Event) -> None:
    """Fetch `names` that are not here yet; raise FetchFailed with a sentence if one can't be had.

    Repeatable: what is here and has the pinned digest is kept, also after a break. A lock file
    makes two processes take turns. `progress(title, fraction)` runs from 0 to 1 over all of
    them. When `cancelled` is set the download stops within half a second and FetchFailed says so.
    """
    wanted = [_lock()[name] for name in names]
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    total = sum(weight.sources[0].archive_size for weight in wanted) or 1
    before = 0
    with filelock.FileLock(str(place / "fetch.lock")):
        for weight in wanted:
            share = weight.sources[0].archive_size

            def report(part: float, weight: Weight = weight, before: int = before) -> None:
                progress(weight.title, (before + part * weight.sources[0].archive_size) / total)

            if not _intact(weight):
                _fetch_one(weight, report, cancelled)
            before += share
            progress(weight.title, before / total)


def _fetch_one(weight: Weight, report: Callable[[float], None], cancelled: Event) -> None:
    """Try the weight's sources in order; all must yield the same pinned bytes."""
    reasons: list[str] = []
    for source in weight.sources:
        try:
            with download(source, folder() / "tmp", report, cancelled) as archive:
                extract(archive, source.member, folder() / weight.file, weight.sha256, weight.size)
            return
        except FetchFailed as failure:
            if cancelled.is_set():
                raise
            reasons.append(failure.sentence)
    raise FetchFailed(f"{weight.title} could not be fetched. " + " ".join(dict.fromkeys(reasons)))


def _installed(weight: Weight) -> bool:
    path = installed.folder() / weight.file
    return installed.whole(path, weight.size, weight.sha256, folder())


def _damaged(weight: Weight) -> bool:
    return (installed.folder() / weight.file).exists() and not _installed(weight)


def _present(weight: Weight) -> bool:
    return _installed(weight) or _fetched(weight)


def _fetched(weight: Weight) -> bool:
    try:
        return (folder() / weight.file).stat().st_size == weight.size
    except OSError:
        return False


def _intact(weight: Weight) -> bool:
    """Prove a file that is here by its digest; a damaged one is fetched again."""
    if _installed(weight):
        return True
    return _fetched(weight) and installed.digest(folder() / weight.file) == weight.sha256


@cache
def _lock() -> dict[str, Weight]:
    rows = json.loads((installed.data() / "weights.json").read_text(encoding="utf-8"))["weights"]
    found = {}
    for row in rows:
        sources = tuple(Source(**source) for source in row.pop("sources"))
        found[row["name"]] = Weight(**row, sources=sources)
    return found
