"""Keeps a report of each crash on this machine, for the person to read and to send if they like.

A report holds what is on a list and nothing else: when, versions, the kind of error, and the
lines of code that led to it. Messages and values are left out, since they may hold prompts, paths
or keys. What ends the process at once (a fault in a library) is written by faulthandler.
"""

import contextlib
import faulthandler
import json
import os
import re
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from stylestudio_desktop import __version__
from stylestudio_desktop.config.presence import Presence
from stylestudio_desktop.domain.errors import StorageError

KEPT = 20
SHOWN_AFTER_S = 3.0
"""When a process takes the lock that shows it as alive; its first pictures are there by then."""
_BEGINNING_S = 3600.0  # generous: a file of no bytes tells nothing that could be lost
_LONGEST = 200_000
_FRAMES = 60
_NAME = re.compile(r"crash-\d{8}-\d{6}-\d+-\d+\.json")
_FATAL = re.compile(r"^(?:Fatal Python error|Windows fatal exception): ([\w :()]{1,80})", re.M)
_LINE = re.compile(r'^\s*File "([^"\n]{1,1000})", line (\d{1,7}) in (<?\w{1,100}>?)', re.M)
_counter = iter(range(1, 1_000_000))


class Report(NamedTuple):
    """One crash: its file's name, when (ms since 1970), the error's kind, and the whole text."""

    name: str
    at: int
    kind: str
    text: str


def place(root: Path) -> Path:
    """Return the folder of crash reports of the workspace at `root`."""
    return root / "logs" / "crashes"


def record(root: Path, error: BaseException) -> Path | None:
    """Write a report about `error`; None where even that is impossible. Never raises."""
    with contextlib.suppress(Exception):
        frames = [
            (frame.filename, str(line), frame.name) for frame, line in _frames(error.__traceback__)
        ][-_FRAMES:]
        return _write(root, type(error).__name__, frames)
    return None


def _frames(trace: TracebackType | None) -> Iterator[tuple[traceback.FrameSummary, int]]:
    for frame in traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False):
        yield frame, frame.lineno or 0


def _write(root: Path, kind: str, frames: list[tuple[str, str, str]]) -> Path:
    import platform  # only here: a start that goes well need not wait for it

    folder = place(root)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = time.time()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(moment))
    path = folder / f"crash-{stamp}-{os.getpid()}-{next(_counter)}.json"
    report = {
        "at": _spelled(moment),
        "kind": kind,
        "program": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "frames": [f"{_short(name)}:{line} {where}" for name, line, where in frames],
    }
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(json.dumps(report, indent=2))
    with contextlib.suppress(OSError, StorageError):  # the new one is there all the same
        for old in _files(folder)[:-KEPT]:
            old.unlink(missing_ok=True)
    return path


def _spelled(moment: float) -> str:
    """Return a moment as people write it, in UTC, to the millisecond."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))
    return f"{whole}.{int(moment % 1 * 1000):03}+00:00"


def _moment(said: object) -> int:
    """Return a moment in UTC milliseconds; older reports give it as that number."""
    if isinstance(said, int):
        return said
    from datetime import datetime  # only here: most starts find no report

    return round(datetime.fromisoformat(str(said)).timestamp() * 1000)


def _short(name: str) -> str:
    """Return a source file's name from its package on: the folders above it may name people."""
    parts = Path(name.replace("\\", "/")).parts
    for root in ("stylestudio_desktop", "site-packages"):
        if root in parts:
            return "/".join(parts[parts.index(root) :])
    return parts[-1] if parts else "?"


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if _NAME.fullmatch(one.name))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageError(
            f"The folder with the reports of crashes can't be read ({error.strerror}). Nothing in "
            f"your library depends on it; look at the folder {folder}, or at its permissions."
        ) from error


def listing(root: Path) -> list[Report]:
    """Return the reports that can be read, the newest first.

    Raises StorageError where their folder is there and can't be read.
    """
    found = []
    for path in reversed(_files(place(root))):
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            with path.open(encoding="utf-8") as file:
                text = file.read(_LONGEST)
            said: dict[str, Any] = json.loads(text)
            found.append(Report(path.name, _moment(said.get("at", 0)), str(said.get("kind")), text))
    return found


def clear(root: Path) -> int:
    """Delete every report and return how many there were. Raises StorageError as `listing`."""
    files = _files(place(root))
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)


@contextlib.contextmanager
def watched(root: Path) -> Iterator[bool]:
    """While it is open, whatever nobody caught is reported, in every thread, and hard crashes.

    Yields whether an earlier process ended in a hard crash that had not been told yet.
    """
    fatal = adopt(root) > 0
    before, in_threads = sys.excepthook, threading.excepthook

    def everywhere(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            record(root, error)
        before(kind, error, trace)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            record(root, args.exc_value)
        in_threads(args)

    sys.excepthook, threading.excepthook = everywhere, in_thread
    try:
        with _hard(place(root)):
            yield fatal
    finally:
        sys.excepthook, threading.excepthook = before, in_threads


def _put_away(path: Path) -> None:
    with contextlib.suppress(OSError):  # the disk went away or read-only: this was a decent end
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _hard(folder: Path) -> Iterator[None]:
    """Have faulthandler write into a file that is removed again at a decent end."""
    alive = Presence(folder)
    path = folder / f"hard-{alive.host}.txt"
    with contextlib.ExitStack() as held:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            held.callback(_put_away, path)
            file = held.enter_context(path.open("w", encoding="utf-8"))
        except OSError:  # a disk that is full or read-only must not keep the window from opening
            held.pop_all()
            yield
            return
        held.enter_context(_shown_soon(alive))
        faulthandler.enable(file)
        held.callback(faulthandler.disable)
        yield


@contextlib.contextmanager
def _shown_soon(alive: Presence) -> Iterator[None]:
    """Show this process as alive a little later: the window need not wait for that."""
    with contextlib.ExitStack() as held:

        def show() -> None:
            with contextlib.suppress(StorageError):  # its report may be adopted early, that is all
                held.enter_context(alive)

        timer = threading.Timer(SHOWN_AFTER_S, show)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _begins(path: Path) -> bool:
    """Say whether the file may be of a process that has only just begun, and has no lock yet."""
    found = path.stat()
    return found.st_size == 0 and abs(time.time() - found.st_mtime) < _BEGINNING_S


def adopt(root: Path) -> int:
    """Make reports of what faulthandler wrote for processes that are dead; return how many."""
    folder = place(root)
    made = 0
    with contextlib.suppress(OSError):
        for path in sorted(folder.glob("hard-*.txt")):
            if Presence(folder).alive(path.stem.removeprefix("hard-")) or _begins(path):
                continue
            with path.open(encoding="utf-8", errors="replace") as file:
                text = file.read(_LONGEST)
            path.unlink()
            if (fatal := _FATAL.search(text)) is not None:
                _write(root, fatal[1].strip(), _LINE.findall(text)[:_FRAMES])
                made += 1
    return made
