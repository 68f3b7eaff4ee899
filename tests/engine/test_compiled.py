"""A network that was made ready is kept for the next start, and nothing else is taken for it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stylestudio_desktop.engine import compiled, limits
from stylestudio_desktop.engine.compiled import Compiled
from stylestudio_desktop.engine.networks import NEEDED, SALIENT_SIDES, Networks, import_openvino

SETTINGS = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
SEAL = bytes(range(32))
PHOTO = np.random.default_rng(4).uniform(0, 255, (512, 384, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def core() -> Any:
    return import_openvino().Core()


@pytest.fixture(scope="module")
def network(core: Any) -> Any:
    """A network that doubles what it gets."""
    import_openvino()
    from openvino import Model, opset13

    given = opset13.parameter([1, 4], np.float32)
    doubled = opset13.multiply(given, opset13.constant(np.array([2.0], np.float32)))
    return core.compile_model(Model([doubled], [given], "double"), "CPU", SETTINGS)


@pytest.fixture
def kept(network: Any, tmp_path: Path) -> Path:
    """The one file of a folder in which the network is kept."""
    Compiled(tmp_path).keep(network, "double-0", SEAL)
    (path,) = (tmp_path / "ready").iterdir()
    return path


def test_what_was_kept_answers_alike(core: Any, kept: Path, tmp_path: Path) -> None:
    for _ in range(2):
        found = Compiled(tmp_path).take(core, "double-0", SEAL, SETTINGS)
        assert found is not None
        assert found([np.array([[1, 2, 3, 4]], np.float32)])[0].tolist() == [[2, 4, 6, 8]]
        assert list(kept.parent.iterdir()) == [kept]


def test_other_weights_or_another_processor_are_made_ready_anew(
    core: Any, kept: Path, tmp_path: Path
) -> None:
    assert Compiled(tmp_path).take(core, "double-0", SEAL[::-1], SETTINGS) is None
    assert Compiled(tmp_path).take(core, "other-0", SEAL, SETTINGS) is None


@pytest.mark.parametrize("harm", ["flip", "cut", "empty", "rubbish"])
def test_a_damaged_one_is_not_there(harm: str, core: Any, kept: Path, tmp_path: Path) -> None:
    whole = kept.read_bytes()
    flipped = bytearray(whole)
    flipped[-7] ^= 1
    content = {"flip": bytes(flipped), "cut": whole[:-1], "empty": b"", "rubbish": b"x" * 999}
    kept.write_bytes(content[harm])
    assert Compiled(tmp_path).take(core, "double-0", SEAL, SETTINGS) is None


class Falls:
    """A runtime that ends the process, or can't use what it is given."""

    def __init__(self, error: type[BaseException]) -> None:
        self._error = error

    def import_model(self, *_given: object) -> None:
        raise self._error


def test_one_that_the_runtime_falls_over_is_tried_once(
    core: Any, kept: Path, tmp_path: Path
) -> None:
    with pytest.raises(SystemExit):  # stands for a crash: nothing after it is run
        Compiled(tmp_path).take(Falls(SystemExit), "double-0", SEAL, SETTINGS)
    assert Compiled(tmp_path).take(core, "double-0", SEAL, SETTINGS) is None


def test_one_that_the_runtime_can_not_use_is_made_ready_anew(kept: Path, tmp_path: Path) -> None:
    assert Compiled(tmp_path).take(Falls(RuntimeError), "double-0", SEAL, SETTINGS) is None


def test_where_nothing_can_be_written_nothing_is_kept(
    core: Any, network: Any, tmp_path: Path
) -> None:
    (tmp_path / "ready").write_text("a file where the folder would be")
    Compiled(tmp_path).keep(network, "double-0", SEAL)
    assert Compiled(tmp_path).take(core, "double-0", SEAL, SETTINGS) is None
    assert [path.name for path in tmp_path.iterdir()] == ["ready"]


def test_the_seal_tells_weights_settings_and_programs_apart(
    core: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = import_openvino()
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"12")
    other.write_bytes(b"12")
    seals = {
        compiled.seal(runtime, core, one, SETTINGS),
        compiled.seal(runtime, core, one, SETTINGS),
        compiled.seal(runtime, core, other, SETTINGS),
        compiled.seal(runtime, core, one, {**SETTINGS, "NUM_STREAMS": 1}),
    }
    monkeypatch.setattr(compiled, "__version__", "another")
    seals.add(compiled.seal(runtime, core, one, SETTINGS))
    one.write_bytes(b"123")
    assert compiled.seal(runtime, core, one, SETTINGS) not in seals
    assert len(seals) == 4


def test_every_network_gives_the_same_numbers_at_the_next_start(
    weights_folder: Path, tmp_path: Path
) -> None:
    for path in weights_folder.iterdir():
        if path.suffix in (".onnx", ".tflite", ".pth"):
            (tmp_path / path.name).symlink_to(path)

    def told(networks: Networks) -> list[np.ndarray]:
        patch = np.ascontiguousarray(PHOTO[:256, :256])
        points, score, metric = networks.landmarks(patch)
        seen = [networks.salient(PHOTO, swift=swift) for swift in (False, True)]
        seen += [networks.matte(PHOTO), networks.matte(PHOTO, swift=True), networks.parts(PHOTO)]
        seen.append(networks.recognised(PHOTO))
        return [*seen, points, np.array(score), metric]

    first, later = (Networks(tmp_path, limits.threads()) for _ in range(2))
    before = told(first)
    first.preserve(lambda: False)
    assert not (tmp_path / "ready").exists()
    first.preserve(lambda: True)
    names = {path.stem for path in (tmp_path / "ready").iterdir()}
    assert {f"u2netp-{side}" for side in SALIENT_SIDES} | {f"{name}-0" for name in NEEDED} <= names
    after = told(later)
    assert later._new == {}  # nothing had to be made ready
    for one, other in zip(before, after, strict=True):
        assert np.array_equal(one, other)
