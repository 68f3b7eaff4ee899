"""Networks that an installer brought along: used before the user's own, but only while whole."""

import hashlib
import json
import os
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.engine import installed, weights
from stylestudio_desktop.engine.networks import Networks

CONTENT = b"weights of a tiny network" * 50
DAMAGED = CONTENT[:-1] + b"!"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder; the lock knows one weight called `net`, which can't be fetched."""
    net = weights.Weight(
        "net", "A net", "net.onnx", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(),
        "MIT", "us", "all", False, (weights.Source("npm", "thing", "1.0", "", 1000, "net.onnx"),),
    )  # fmt: skip
    monkeypatch.setattr(weights, "_lock", lambda: {"net": net})
    monkeypatch.setattr(weights, "download", lambda *_: pytest.fail("it asked the network"))
    monkeypatch.setattr(installed, "data", lambda: tmp_path / "program")
    monkeypatch.setattr(installed, "_known", {})
    monkeypatch.setenv(weights.ENGINE_DIR, str(tmp_path / "own"))
    return tmp_path / "own"


def bring(content: bytes) -> Path:
    """Put the file where an installer does."""
    installed.folder().mkdir(parents=True, exist_ok=True)
    path = installed.folder() / "net.onnx"
    path.write_bytes(content)
    return path


def test_what_came_along_is_used_and_nothing_is_fetched(own: Path) -> None:
    path = bring(CONTENT)

    (status,) = weights.status()
    assert (status.present, status.damaged) == (True, False)
    weights.fetch(["net"], lambda *_: None, Event())
    assert weights.place("net") == path
    assert Networks(own, 1).has("net")


def test_without_an_installer_the_users_own_is_used(own: Path) -> None:
    (status,) = weights.status()
    assert (status.present, status.damaged) == (False, False)
    assert weights.place("net") == own / "net.onnx"
    assert not Networks(own, 1).has("net")
    assert weights.place("net", own / "elsewhere") == own / "elsewhere" / "net.onnx"


@pytest.mark.parametrize("content", [DAMAGED, CONTENT[:10], b""], ids=["byte", "short", "empty"])
def test_a_damaged_one_is_told_and_the_users_own_is_used(own: Path, content: bytes) -> None:
    bring(content)
    (status,) = weights.status()
    assert (status.present, status.damaged) == (False, True)
    assert not Networks(own, 1).has("net")

    own.mkdir(exist_ok=True)
    (own / "net.onnx").write_bytes(CONTENT)

    (status,) = weights.status()
    assert (status.present, status.damaged) == (True, True)
    assert weights.place("net") == own / "net.onnx"
    assert Networks(own, 1).has("net")
    weights.fetch(["net"], lambda *_: None, Event())


def test_it_is_read_once_for_each_user_and_again_when_it_changed(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, read = bring(CONTENT), []
    digest = installed.digest
    monkeypatch.setattr(installed, "digest", lambda path: read.append(path) or digest(path))
    for _ in range(3):
        monkeypatch.setattr(installed, "_known", {})  # another process
        assert weights.place("net") == path
    assert read == [path]

    before = path.stat()
    path.write_bytes(DAMAGED)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000))
    monkeypatch.setattr(installed, "_known", {})
    assert weights.place("net") == own / "net.onnx"
    path.write_bytes(CONTENT)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 2_000))
    assert weights.place("net") == path
    assert len(json.loads((own / installed.PROVEN).read_text())) == 1  # not one for each change


@pytest.mark.parametrize("rubbish", ["", "{}", "[", "[1, null, []]"])
def test_a_damaged_memory_of_what_was_proven_is_no_proof(own: Path, rubbish: str) -> None:
    path = bring(DAMAGED)
    own.mkdir()
    (own / installed.PROVEN).write_text(rubbish)
    assert weights.place("net") == own / "net.onnx"
    path.write_bytes(CONTENT)
    os.utime(path, (1, 1))
    assert weights.place("net") == path


def test_where_nothing_can_be_remembered_it_is_proven_anew(own: Path) -> None:
    own.write_text("a file where the folder should be")
    path = bring(CONTENT)
    assert weights.place("net") == path


def test_a_file_that_can_not_be_read_counts_as_damaged(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(CONTENT)

    def unreadable(_path: Path) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(installed, "digest", unreadable)
    (status,) = weights.status()
    assert (status.present, status.damaged) == (False, True)
