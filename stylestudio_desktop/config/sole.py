"""Lets one process of a workspace do what two at once would do twice, such as watching folders."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import FileLock


class Sole:
    """A task's lock file, which the operating system lets go of when this process dies."""

    def __init__(self, folder: Path, task: str) -> None:
        """Prepare the lock of `task`; nothing is taken yet."""
        self._path = folder / f"sole-{task}.lock"
        self._lock: FileLock | None = None
        self.refused = False
        """Whether the disk refused the lock at the last try, as a read-only one does."""

    def take(self) -> bool:
        """Return whether the task is this process's now; never waits."""
        from filelock import FileLock, Timeout

        if self._lock is None:
            lock = FileLock(self._path, thread_local=False)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                return False
            except OSError:
                self.refused = True
                return False
            self._lock, self.refused = lock, False
        return True

    def give_up(self) -> None:
        """Let another process take the task."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None
