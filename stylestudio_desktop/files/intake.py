"""Takes many photos in at nearly the speed of the disk: copied, judged, made durable."""

import contextlib
import itertools
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from stylestudio_desktop.domain.errors import BadInput, StorageError, StudioError
from stylestudio_desktop.files.identity import Stored
from stylestudio_desktop.files.incoming import Incoming, receive
from stylestudio_desktop.files.probe import DEFAULT_LIMITS, Limits, Probe
from stylestudio_desktop.files.scaling import Rendered, examine
from stylestudio_desktop.files.store import FileStore
from stylestudio_desktop.files.thumbnails import ThumbnailCache

_GROUP = 40
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Taken:
    """A photo that is safe in the store, with its thumbnails kept."""

    source: Path
    stored: Stored
    probe: Probe
    phash: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A photo that did not go in, and why; the rest goes on."""

    source: Path
    error: StudioError


@dataclass(frozen=True, slots=True)
class _Examined:
    source: Path
    incoming: Incoming
    probe: Probe
    rendered: Rendered


def take_in(
    sources: Iterable[Path],
    store: FileStore,
    cache: ThumbnailCache,
    limits: Limits = DEFAULT_LIMITS,
    group: int = _GROUP,
    threads: int = _THREADS,
) -> Generator[list[Taken | Refused], None, None]:
    """Yield groups of outcomes in the order of `sources`, each durable before it is yielded.

    The next group is copied and decoded on `threads` threads while the last is flushed, and
    `sources` is read no further ahead than that. Stop by closing the iterator: what was yielded
    stays, everything else is discarded. Where the disk refuses a photo, that one is Refused with
    the StorageError and the rest of its group still goes in; whether to go on is the caller's
    question. Raises StorageError if a whole group can't be made to last.
    """
    waiting = iter(sources)
    with ThreadPoolExecutor(threads, thread_name_prefix="intake") as pool:
        current: list[Future[_Examined | Refused]] = []
        ahead: list[Future[_Examined | Refused]] = []

        def begin() -> list[Future[_Examined | Refused]]:
            return [
                pool.submit(_examine, source, store, limits)
                for source in itertools.islice(waiting, group)
            ]

        try:
            current = begin()
            while current:
                ahead = begin()
                yield _finish(current, store, cache)
                current = ahead
        finally:
            _discard([*current, *ahead])


def _examine(source: Path, store: FileStore, limits: Limits) -> _Examined | Refused:
    """Copy one photo next to the store and look at the copy."""
    try:
        incoming = receive(source, store.tmp, limits.max_bytes)
    except (BadInput, StorageError) as error:
        return Refused(source, error)
    try:
        probe, rendered = examine(incoming.path, limits, source.name)
    except (BadInput, StorageError) as error:
        incoming.discard()
        return Refused(source, error)
    except BaseException:
        incoming.discard()
        raise
    return _Examined(source, incoming, probe, rendered)


def _finish(
    group: list[Future[_Examined | Refused]], store: FileStore, cache: ThumbnailCache
) -> list[Taken | Refused]:
    """Publish one group, keep its thumbnails, and say what became of each photo."""
    results = [future.result() for future in group]
    examined = [one for one in results if isinstance(one, _Examined)]
    with store.batch(lenient=True) as batch:
        for one in examined:
            batch.take(one.incoming)
    places = iter(batch.outcomes)
    ended = [_ended(one, next(places)) if isinstance(one, _Examined) else one for one in results]
    safe = {one.stored.storage_id for one in ended if isinstance(one, Taken)}
    cache.put_many(
        [
            (one.incoming.storage_id, one.rendered)
            for one in examined
            if one.incoming.storage_id in safe
        ]
    )
    return ended


def _ended(one: _Examined, outcome: Stored | StorageError) -> Taken | Refused:
    if isinstance(outcome, StorageError):
        return Refused(one.source, outcome)
    return Taken(one.source, outcome, one.probe, one.rendered.phash)


def _discard(group: list[Future[_Examined | Refused]]) -> None:
    """Forget copies that were never published; those that were have no temporary any more."""
    for future in group:
        if not future.cancel():
            with contextlib.suppress(Exception):  # that photo's own error, no longer of interest
                result = future.result()
                if isinstance(result, _Examined):
                    result.incoming.discard()
