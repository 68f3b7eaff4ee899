"""Reads a PyTorch checkpoint of plain arrays without PyTorch, and without running what is in it."""

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

# What torch.save wrote before version 1.6: three small pickles (magic number, protocol, machine),
# one of the dictionary, one of the keys of its storages, then each storage: its count, its bytes.
MAGIC = 0x1950A86A20F9469CFC6C
TYPES: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class _Storage(NamedTuple):
    kind: str
    key: str


class _Tensor(NamedTuple):
    storage: _Storage
    start: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of the checkpoint `path` by their names.

    Raises ValueError for whatever is not such a checkpoint; only the four names that one needs
    are looked up, so that nothing in the file is run.
    """
    try:
        with path.open("rb") as file:
            if _Reader(file).load() != MAGIC:
                raise ValueError("not a checkpoint")
            for _ in ("protocol", "machine"):
                _Reader(file).load()
            named: dict[str, _Tensor] = dict(_Reader(file).load())
            kinds = {tensor.storage.key: tensor.storage.kind for tensor in named.values()}
            keys = _Reader(file).load()
            stored = {str(key): _stored(file, TYPES[kinds[key]]) for key in keys}
        return {name: _shaped(each, stored[each.storage.key]) for name, each in named.items()}
    except OSError:
        raise
    except Exception as fault:  # a hostile file can raise nearly anything from a reader of pickles
        raise ValueError(f"{path.name} is no checkpoint of plain arrays") from fault


class _Reader(pickle.Unpickler):
    """Looks up nothing but what a dictionary of tensors is made of."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in TYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a checkpoint")

    def persistent_load(self, pid: Any) -> _Storage:
        _, kind, key, *_ = pid
        return _Storage(str(kind), str(key))


def _tensor(
    storage: _Storage, start: int, shape: tuple[int, ...], strides: tuple[int, ...], *rest: object
) -> _Tensor:
    return _Tensor(storage, start, shape, strides)


def _stored(file: IO[bytes], kind: np.dtype[Any]) -> NDArray[Any]:
    count = int.from_bytes(file.read(8), "little")
    return np.frombuffer(file.read(count * kind.itemsize), kind, count)


def _shaped(tensor: _Tensor, flat: NDArray[Any]) -> NDArray[Any]:
    """Return the view of its storage that a tensor is; a scalar has no axes."""
    steps = list(zip(tensor.shape, tensor.strides, strict=True))
    last = tensor.start + sum((length - 1) * stride for length, stride in steps)
    if min((tensor.start, *tensor.shape, *tensor.strides)) < 0 or not last < len(flat):
        raise ValueError("beyond its storage")
    apart = [stride * flat.itemsize for stride in tensor.strides]
    return as_strided(flat[tensor.start :], tensor.shape, apart, writeable=False)
