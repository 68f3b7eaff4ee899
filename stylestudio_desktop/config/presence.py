"""Lets processes on one workspace see which others are alive, whatever the clock says."""

import contextlib
import secrets
from pathlib import Path
from types import TracebackType

from stylestudio_desktop.domain.errors import StorageError

# filelock is imported when a lock is first taken: many commands need none.


class Presence:
    """A lock file that the operating system lets go of when this process dies.

    A job that is claimed by a host whose lock is free has been orphaned: no lease time has to
    pass, and no clock step or sleeping machine makes a living host look dead.
    """

    def __init__(self, folder: Path) -> None:
        """Prepare a new host name; nothing is locked yet."""
        self.host = secrets.token_hex(8)
        self._folder = folder
        self._path = folder / f"host-{self.host}.lock"
        self._held: contextlib.ExitStack | None = None

    def __enter__(self) -> "Presence":
        """Show this host as alive. Raises StorageError where the disk refuses its lock."""
        from filelock import FileLock

        self._held = contextlib.ExitStack()
        try:
            self._held.enter_context(FileLock(self._path, timeout=5, thread_local=False))
        except OSError as error:
            raise StorageError(
                f"The workspace can't be written to ({error.strerror or error}). What was saved is "
                "safe. Free some space, or check the disk and that you may write to it, then try "
                "again."
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Show this host as gone."""
        if self._held is not None:
            self._held.close()
            self._held = None
        with contextlib.suppress(OSError):
            self._path.unlink()

    def crashed(self, *, forget: bool = True) -> set[str]:
        """Return the names of hosts that went without saying goodbye, and forget their locks.

        Whoever forgets them has to put away what they left; nobody will see them again.
        """
        names = {path.stem.removeprefix("host-") for path in self._folder.glob("host-*.lock")}
        return {name for name in names if not self.alive(name, forget=forget)}

    def alive(self, host: str, *, forget: bool = True) -> bool:
        """Say whether the process that calls itself `host` still runs; forget its lock if not."""
        if host == self.host:
            return True
        path = self._folder / f"host-{host}.lock"
        if not host.isalnum() or not path.exists():
            return False
        from filelock import FileLock, Timeout

        other = FileLock(path)
        try:
            other.acquire(timeout=0)
        except Timeout:
            return True
        other.release()
        if forget:
            with contextlib.suppress(OSError):
                path.unlink()
        return False
