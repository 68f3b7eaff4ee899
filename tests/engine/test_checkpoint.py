"""A checkpoint is read as plain arrays; nothing that is written into one is ever run."""

import io
import os
import pickle
import struct
import sys
import types
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stylestudio_desktop.engine.checkpoint import MAGIC, arrays
from stylestudio_desktop.engine.efficientnet import model

torch = types.ModuleType("torch")
within = types.ModuleType("torch._utils")


STORAGE = object()


class FloatStorage:
    """What a checkpoint calls the place of its numbers."""


class Tensor:
    """Is written as PyTorch writes a tensor."""

    def __init__(self, shape: tuple[int, ...], strides: tuple[int, ...], start: int = 0) -> None:
        self.parts = (shape, strides, start)

    def __reduce__(self) -> Any:
        shape, strides, start = self.parts
        return rebuilt, (STORAGE, start, shape, strides, False, OrderedDict())


def rebuilt(*parts: object) -> None:
    """Stand in for the function that PyTorch names."""


FloatStorage.__module__, FloatStorage.__qualname__ = "torch", "FloatStorage"
rebuilt.__module__, rebuilt.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
rebuilt.__name__ = "_rebuild_tensor_v2"
torch.FloatStorage = FloatStorage  # type: ignore[attr-defined]
within._rebuild_tensor_v2 = rebuilt  # type: ignore[attr-defined]


class Writer(pickle.Pickler):
    """Writes storages as references, as torch.save does."""

    def persistent_id(self, given: object) -> object:
        if given is STORAGE:
            return ("storage", FloatStorage, "0", "cpu", 6, None)
        return None


def saved(path: Path, named: Any, numbers: bytes | None = None, magic: int = MAGIC) -> Path:
    """Write what torch.save wrote: `named` tensors over one storage of six numbers."""
    data = io.BytesIO()
    for head in (magic, 1001, {"little_endian": True}):
        pickle.dump(head, data, 2)
    Writer(data, 2).dump(named)
    pickle.dump(["0"], data, 2)
    data.write(numbers or struct.pack("<q", 6) + np.arange(6, dtype="<f4").tobytes())
    path.write_bytes(data.getvalue())
    return path


@pytest.fixture(autouse=True)
def pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", within)


def test_arrays_come_back_by_name_shape_and_order(tmp_path: Path) -> None:
    named = OrderedDict(
        rows=Tensor((2, 3), (3, 1)), columns=Tensor((3, 2), (1, 3)), one=Tensor((), (), 5)
    )
    found = arrays(saved(tmp_path / "x.pth", named))
    assert found["rows"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["columns"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert float(found["one"]) == 5


class Trap:
    """Makes a file when it is read by a careless reader."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_nothing_in_it_is_run(tmp_path: Path) -> None:
    trap = saved(tmp_path / "x.pth", OrderedDict(rows=Trap(tmp_path / "sprung")))
    with pytest.raises(ValueError, match=r"x\.pth is no checkpoint"):
        arrays(trap)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "tensor",
    [Tensor((2, 4), (4, 1)), Tensor((2, 3), (3, -1)), Tensor((6,), (1,), 1), Tensor((-1,), (1,))],
    ids=["larger", "backward", "late", "negative"],
)
def test_no_tensor_reaches_beyond_its_numbers(tensor: Tensor, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no checkpoint"):
        arrays(saved(tmp_path / "x.pth", OrderedDict(rows=tensor)))


def test_whatever_else_is_refused(tmp_path: Path) -> None:
    rows = OrderedDict(rows=Tensor((2, 3), (3, 1)))
    whole = saved(tmp_path / "whole.pth", rows).read_bytes()
    for length in range(0, len(whole), 7):
        (tmp_path / "x.pth").write_bytes(whole[:length])
        with pytest.raises(ValueError, match="no checkpoint"):
            arrays(tmp_path / "x.pth")
    for other in (
        saved(tmp_path / "a.pth", rows, magic=7),
        saved(tmp_path / "b.pth", [1, 2]),
        saved(tmp_path / "c.pth", OrderedDict(rows=3)),
        saved(tmp_path / "d.pth", rows, struct.pack("<q", -1)),
        saved(tmp_path / "e.pth", rows, struct.pack("<Q", 1 << 62)),
    ):
        with pytest.raises(ValueError, match="no checkpoint"):
            arrays(other)
    with pytest.raises(OSError, match="nowhere"):
        arrays(tmp_path / "nowhere.pth")


def test_another_network_is_not_taken_for_ours(tmp_path: Path) -> None:
    openvino = pytest.importorskip("openvino")
    with pytest.raises(ValueError, match="holds no such network"):
        model(saved(tmp_path / "x.pth", OrderedDict(rows=Tensor((2, 3), (3, 1)))), openvino)
