"""Builds the network that recognises things from its published weights (EfficientNet-Lite)."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.checkpoint import arrays

SIDE = 260  # pixels of the square picture that the second size of the family is shown
STRIDES = 1, 2, 2, 2, 1, 2, 1  # of the first block of each stage (Tan & Le 2019, table 1)
EPSILON = 1e-3  # of its batch normalisation, as TensorFlow trained it

Weights = dict[str, NDArray[Any]]


def model(path: Path, openvino: Any) -> Any:
    """Return the network in `path`: pictures (1, 3, SIDE, SIDE) in, 1,000 logits out.

    The Lite family has no squeeze-and-excite and ends every activation at six; batch normalisation
    is folded into the convolutions. Raises ValueError where `path` is no such checkpoint.
    """
    weights = arrays(path)
    try:
        return _Builder(weights, openvino).built()
    except (LookupError, RuntimeError, StopIteration) as fault:
        raise ValueError(f"{path.name} holds no such network") from fault


class _Builder:
    """Strings the layers together in the order in which the checkpoint names them."""

    def __init__(self, weights: Weights, openvino: Any) -> None:
        self._weights = weights
        self._openvino = openvino
        self._op = openvino.opset13

    def built(self) -> Any:
        """Return the whole network."""
        picture = self._op.parameter([1, 3, SIDE, SIDE], np.float32)
        seen = self._convolved(picture, "_conv_stem", "_bn0", 2)
        strides = iter(STRIDES)
        for number in range(sum(name.endswith("_project_conv.weight") for name in self._weights)):
            seen = self._block(seen, f"_blocks.{number}.", strides)
        seen = self._convolved(seen, "_conv_head", "_bn1", 1)
        mean = self._op.reduce_mean(seen, np.array([2, 3]), keep_dims=False)
        logits = self._op.add(
            self._op.matmul(mean, self._weights["_fc.weight"], False, True),
            self._weights["_fc.bias"][None],
        )
        return self._openvino.Model([logits], [picture], "recognition")

    def _block(self, seen: Any, name: str, strides: Any) -> Any:
        """Add an inverted residual: wider, each channel by itself, narrower (Sandler 2018)."""
        before, stride = seen, 1
        widened = f"{name}_expand_conv"
        narrowed = self._weights[f"{name}_project_conv.weight"].shape[0]
        first = narrowed != seen.get_output_shape(0)[1]  # of a stage: only there the width changes
        if first:
            stride = next(strides)
        if f"{widened}.weight" in self._weights:
            seen = self._convolved(seen, widened, f"{name}_bn0", 1)
        seen = self._convolved(seen, f"{name}_depthwise_conv", f"{name}_bn1", stride)
        seen = self._convolved(seen, f"{name}_project_conv", f"{name}_bn2", 1, bent=False)
        return seen if first else self._op.add(seen, before)

    def _convolved(self, seen: Any, name: str, norm: str, stride: int, *, bent: bool = True) -> Any:
        kernel, shift = self._folded(name, norm)
        each_alone = kernel.shape[1] == 1 and kernel.shape[2] > 1
        steps = [stride, stride], [0, 0], [0, 0], [1, 1], "same_upper"
        if each_alone:
            seen = self._op.group_convolution(seen, kernel[:, None], *steps)
        else:
            seen = self._op.convolution(seen, kernel, *steps)
        seen = self._op.add(seen, shift.reshape(1, -1, 1, 1))
        return self._op.clamp(seen, 0.0, 6.0) if bent else seen

    def _folded(self, name: str, norm: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return kernel and shift of a convolution with its batch normalisation in them."""
        mean, spread = (
            self._weights[f"{norm}.running_{what}"].astype(np.float64) for what in ("mean", "var")
        )
        factor = self._weights[f"{norm}.weight"] / np.sqrt(spread + EPSILON)
        kernel = self._weights[f"{name}.weight"] * factor[:, None, None, None]
        shift = self._weights[f"{norm}.bias"] - mean * factor
        return kernel.astype(np.float32), shift.astype(np.float32)
