"""Several files on their way into the store, made durable together."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.files.disk import flush_folder, storing
from stylestudio_desktop.files.identity import Stored
from stylestudio_desktop.files.incoming import Incoming, receive

if TYPE_CHECKING:
    from stylestudio_desktop.files.store import FileStore

T = TypeVar("T")


class Batch:
    """A group of files whose folder flushes are shared.

    Used by `with store.batch() as batch`. After `add` the bytes can be examined at
    `incoming.path`; `reject` forgets one. Leaving the block publishes the rest and `stored`
    lists them in the order they were added; an exception discards all of them. A `lenient` group
    keeps what it can where the disk refuses some: `outcomes` then tells of each.
    """

    def __init__(self, store: "FileStore", *, lenient: bool = False) -> None:
        """Begin an empty group for `store`."""
        self.outcomes: list[Stored | StorageError] = []
        self._store = store
        self._lenient = lenient
        self._waiting: list[Incoming] = []

    @property
    def stored(self) -> list[Stored]:
        """The files that are safe now, in the order they were added."""
        return [one for one in self.outcomes if isinstance(one, Stored)]

    def add(self, source: Path | BinaryIO, limit_bytes: int) -> Incoming:
        """Copy one source next to the store; same errors as `FileStore.ingest`."""
        return self.take(receive(source, self._store.tmp, limit_bytes))

    def take(self, incoming: Incoming) -> Incoming:
        """Add bytes that another thread has already received into the store's `tmp`."""
        self._waiting.append(incoming)
        return incoming

    def reject(self, incoming: Incoming) -> None:
        """Forget one added file; its copy is deleted."""
        self._waiting.remove(incoming)
        incoming.discard()

    def __enter__(self) -> "Batch":
        """Return the group itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Publish everything and make it durable, or discard everything."""
        try:
            if kind is None:
                self._commit()
        finally:
            for incoming in self._waiting:
                incoming.discard()
            self._waiting.clear()

    def _commit(self) -> None:
        flushed = [self._tried(incoming.flush) for incoming in self._waiting]
        folders: set[Path] = set()
        self.outcomes = [
            self._tried(partial(self._store.publish, incoming, folders)) if error is None else error
            for incoming, error in zip(self._waiting, flushed, strict=True)
        ]
        with storing("saving pictures"):
            for folder in folders:
                flush_folder(folder)

    def _tried(self, step: Callable[[], T]) -> T | StorageError:
        try:
            with storing("saving pictures"):
                return step()
        except StorageError as error:
            if not self._lenient:
                raise
            return error
