"""Starts what judges us from outside: Prism with the official documents, and ready-made mocks.

They are Node programs of other people, installed once into a cache folder, with install scripts
off. Where Node or the network is missing, the tests that need them are skipped and say why.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import platformdirs
import pytest
from filelock import FileLock

PACKAGES = {"prism": "@stoplight/prism-cli@5.16.0", "aimock": "@copilotkit/aimock@1.43.0"}
SPECS = Path(__file__).resolve().parents[3] / "shared" / "specs"
_INSTALL_S = 240


def document(name: str) -> Path:
    """Return an official document; the test is skipped where the folder is absent."""
    path = SPECS / name
    if not path.is_file():
        pytest.skip(f"the official document {name} is not here")
    return path


@cache
def tool(name: str) -> Path | str:
    """Return the program, installed if need be, or the reason why it can't be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return "Node and npm are not installed"
    root = Path(
        os.environ.get("STYLESTUDIO_TEST_TOOLS") or platformdirs.user_cache_dir("stylestudio-tests")
    )
    folder = root / PACKAGES[name].strip("@").replace("/", "-")
    program = folder / "node_modules" / ".bin" / name
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "install.lock", timeout=_INSTALL_S):
        if program.exists():
            return program
        command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        try:
            done = subprocess.run(
                [*command, "--prefix", str(folder), PACKAGES[name]],
                capture_output=True,
                text=True,
                timeout=_INSTALL_S,
            )
        except subprocess.TimeoutExpired:
            return f"{PACKAGES[name]} could not be installed in time"
    if done.returncode or not program.exists():
        return f"{PACKAGES[name]} could not be installed: {done.stderr[-200:]}"
    return program


def needed(name: str) -> str:
    """Return the program's path, or skip the test with the reason."""
    found = tool(name)
    if isinstance(found, str):
        pytest.skip(found)
    return str(found)


@contextlib.contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[str]:
    """Run a server until the block ends; it is ready when its port takes connections."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while not _listens(port):
            assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
            assert time.monotonic() < end, "it does not listen"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


@contextlib.contextmanager
def prism(spec: str, upstream: str, folder: Path, errors: bool = True) -> Iterator[str]:
    """Put Prism between us and a stand-in: it judges what both sides send by the document.

    With `errors` a violation replaces the answer; otherwise it stands in the answer's head as
    “sl-violations”.
    """
    program, path, port = needed("prism"), document(spec), free_port()
    command = [program, "proxy", str(path), upstream, "-h", "127.0.0.1", "-p", str(port)]
    if errors:
        command.append("--errors")
    with running(command, port, folder / "prism.log") as url:
        yield url


@contextlib.contextmanager
def aimock(config: dict[str, object], folder: Path) -> Iterator[str]:
    """Run the ready-made mock with a configuration."""
    program, port = needed("aimock"), free_port()
    path = folder / "aimock.json"
    path.write_text(json.dumps(config))
    command = [program, "-c", str(path), "-p", str(port), "--host", "127.0.0.1"]
    with running(command, port, folder / "aimock.log") as url:
        yield url


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as link:
        link.settimeout(1)
        return link.connect_ex(("127.0.0.1", port)) == 0
