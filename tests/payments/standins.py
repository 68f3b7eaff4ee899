"""Where tests of the checkout pay: our own small stand-in, and the shared one where it can run.

The shared one (`../shared/tools/stripe_standin.py`, beside the checkout) needs localstripe, which
comes as source only and is therefore kept in an environment of its own: `build/standins`, made by
`python3 packaging/dev.py test`.
"""

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT.parent / "shared" / "tools" / "stripe_standin.py"
_BIN = "Scripts" if sys.platform == "win32" else "bin"


def python() -> Path | None:
    """Return an interpreter that has localstripe, if there is one."""
    given = os.environ.get("STYLESTUDIO_STANDINS")
    for place in (Path(given) if given else None, ROOT / "build" / "standins"):
        if place is not None and (place / _BIN / "python").exists():
            return place / _BIN / "python"
    return Path(sys.executable) if importlib.util.find_spec("localstripe") else None


def missing() -> str:
    """Return why the shared stand-in can't run here, empty if it can."""
    if not SCRIPT.is_file():
        return "the shared stand-in for Stripe is not beside this checkout"
    return "" if python() else "localstripe is not installed (packaging/dev.py test installs it)"


@contextmanager
def shared_standin() -> Iterator[str]:
    """Run the shared stand-in and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [str(python()), str(SCRIPT), str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 30
        while not _answers(address):
            assert process.poll() is None, "the stand-in ended by itself"
            assert time.monotonic() < deadline, "the stand-in does not answer"
        yield address
    finally:
        process.kill()
        process.wait()


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/v1/events", timeout=2).close()
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
    return True
