"""Runs what is to be struck in children that are forked in a moment, each struck at its own point.

The nursery imports everything once, with the shim loaded, and forks a child for each order that
it reads: so a point costs what the work costs, not what a start of Python costs.
"""

import contextlib
import ctypes
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from stylestudio_desktop.services import health_files

KINDS = (
    "write", "fsync", "rename", "unlink", "link", "mkdir", "create", "truncate", "connect",
    "send", "receive",
)  # fmt: skip
"""The calls that the shim can strike, in the order of its own list."""
CONDITIONS = {"full": 28, "unplugged": 5, "drive-gone": 116, "read-only": 30, "forbidden": 13}
"""What a disk answers from a point on until somebody puts it right: by its error's number."""
HOW = {"count": 0, "kill": 1, "eio": 2, "enospc": 3, "power": 4, **dict.fromkeys(CONDITIONS, 3)}
"""How a call is struck: the disk fails it once (EIO), or from there on (ENOSPC), or dies."""
ERRORS = {"eio": 5, "enospc": 28, **CONDITIONS}
LONGEST_S = 60
SHIM = Path(__file__).with_name("shim.c")


@dataclass(frozen=True, slots=True)
class Order:
    """What a child shall do, and where it is struck; `point` 0 counts only."""

    path: str
    world: str
    address: str = ""
    bug: str = ""
    how: str = "count"
    kinds: tuple[str, ...] = ()
    point: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: "done", "refused" with a sentence, "crashed", "killed" or "hung".

    "waiting" for space is what a queue does on a full disk; the next run shows that it goes on.
    """

    how: str
    said: str = ""
    seen: dict[str, int] = field(default_factory=dict)


def why_not() -> str | None:
    """Say why nothing can be struck here, None if it can."""
    if not sys.platform.startswith("linux"):
        return "faults are struck by a library that is loaded before libc: Linux only"
    return None if shutil.which("gcc") else "gcc is missing, which makes the library of faults"


class Nursery:
    """A process that has everything loaded and forks a child for each order."""

    def __init__(self, folder: Path) -> None:
        library = folder / "shim.so"
        subprocess.run(
            ["gcc", "-O1", "-shared", "-fPIC", "-o", str(library), str(SHIM), "-ldl", "-lpthread"],
            check=True,
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.victims", str(library)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"LD_PRELOAD": str(library), "PYTHONDONTWRITEBYTECODE": "1"},
            text=True,
        )

    def run(self, order: Order) -> Ended:
        """Have a child carry out `order` and return how it ended."""
        pipe: tuple[IO[str] | None, IO[str] | None] = self._process.stdin, self._process.stdout
        assert pipe[0] is not None
        assert pipe[1] is not None
        pipe[0].write(json.dumps(asdict(order)) + "\n")
        pipe[0].flush()
        answer = pipe[1].readline()
        if not answer:
            raise AssertionError("the nursery died")
        return Ended(**json.loads(answer))

    def close(self) -> None:
        """End the nursery."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


def main() -> None:
    """Fork a child for each order on the standard input, and tell how it ended."""
    shim = ctypes.CDLL(sys.argv[1])
    paths = importlib.import_module("tests.faults.paths")
    orders, answers = sys.stdin, os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a child prints is no answer
    for line in orders:
        given = json.loads(line)
        order = Order(**given | {"kinds": tuple(given["kinds"])})
        with tempfile.TemporaryDirectory(prefix="aside", dir=Path(order.world).parent) as aside:
            child = os.fork()
            if child == 0:
                _live(shim, paths, order, Path(aside))
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            if order.how == "count":
                _warm(Path(aside) / "modules.json")
            note = Path(aside) / "ended.json"
            ended = json.loads(note.read_text()) if note.is_file() else {"how": _name(status)}
        answers.write(json.dumps(ended) + "\n")
        answers.flush()


def _warm(note: Path) -> None:
    """Import here what a child had to import, so that the next ones have it from the start."""
    with contextlib.suppress(OSError):
        for name in json.loads(note.read_text()):
            with contextlib.suppress(Exception):  # some modules are only ever made, not imported
                importlib.import_module(name)


def _name(status: int) -> str:
    names = {-signal.SIGKILL: "killed", -signal.SIGALRM: "hung"}
    return names.get(signal.Signals(status) if status > 0 else status, f"crashed with {status}")


def _live(shim: ctypes.CDLL, paths: Any, order: Order, aside: Path) -> None:
    """Carry out `order` as the child, and end the process."""
    signal.alarm(LONGEST_S)
    os.environ["XDG_DATA_HOME"] = str(Path(order.world) / "home")
    health_files.LOADED_AT = time.time()  # a child stands for a program that starts now
    path = paths.named(order.path)
    if order.bug:
        path.bugs[order.bug]()
    if order.how in CONDITIONS:
        victim = importlib.import_module("tests.faults.victim")
        victim.cures.append(shim.faults_disarm)
    (aside / "shadow").mkdir()
    mask = sum(1 << KINDS.index(kind) for kind in order.kinds)
    shim.faults_arm(
        str(Path(order.world)).encode(), str(aside / "shadow").encode(), mask, HOW[order.how],
        ctypes.c_long(order.point), ERRORS.get(order.how, 0),
    )  # fmt: skip
    ended = _ended(path, order)
    shim.faults_disarm()
    shim.faults_seen.restype = ctypes.c_long
    seen = {kind: shim.faults_seen(number) for number, kind in enumerate(KINDS)}
    with contextlib.suppress(OSError):
        (aside / "modules.json").write_text(json.dumps(list(sys.modules)))
        (aside / "ended.json").write_text(json.dumps(asdict(ended) | {"seen": seen}))
    os._exit(0)  # nothing of the parent's is tidied up twice


def _ended(path: Any, order: Order) -> Ended:
    from stylestudio_desktop.domain.errors import StudioError

    try:
        path.act(Path(order.world), order.address)
    except StudioError as error:
        return Ended("refused", error.sentence)
    except SystemExit as error:
        return Ended("waiting" if error.code else "done")
    except BaseException as error:
        import traceback

        last = traceback.extract_tb(error.__traceback__)[-1]
        return Ended("crashed", f"{type(error).__name__}: {error} ({last.name} {last.lineno})")
    return Ended("done")


if __name__ == "__main__":
    main()
