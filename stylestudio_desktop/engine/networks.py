"""Loads networks late, keeps them and what they found warm, and the runtime from calling home."""

import sys
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine import weights
from stylestudio_desktop.engine.filters import Image, Plane
from stylestudio_desktop.engine.kept import Kept

MEAN = np.array([0.485, 0.456, 0.406], np.float32)  # ImageNet statistics, as U-2-Net was trained
SPREAD = np.array([0.229, 0.224, 0.225], np.float32)
TELEMETRY = "openvino_telemetry"
SALIENT = ("u2netp", "u2net")
SALIENT_SIDES = 320, 224  # pixels of a side of a product's photo as it is shown, and of a draft's
MATTE_SIDES = 512, 288  # pixels of the shorter side of a person's photo, and of a draft's


def import_openvino() -> Any:
    """Import OpenVINO with its telemetry package out of reach and return the module.

    Where `openvino-telemetry` is installed, plain `import openvino` sends an analytics event.
    An entry of None in sys.modules makes that import fail, and OpenVINO then uses its own
    silent stand-in.
    """
    sys.modules[TELEMETRY] = None  # type: ignore[assignment]
    import openvino

    return openvino


class Networks:
    """The networks at hand, brought by an installer or in `folder`.

    `threads` is fixed so that sums are added in the same order.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        self.folder = folder
        self.kept = Kept()  # what they found in the last photos
        self._threads = threads
        self._loaded: dict[tuple[str, int], Any] = {}
        self._lock = threading.Lock()
        self._openvino: types.ModuleType | None = None

    def has(self, *names: str) -> bool:
        """Say whether the weights `names` are on this computer."""
        return all(weights.place(name, self.folder).is_file() for name in names)

    def load(self, name: str, side: int = 0) -> Callable[[list[NDArray[Any]]], Any]:
        """Return the compiled network `name`, loading it at the first call.

        `side` is the side in pixels of the square pictures that it will get, 0 for its own.
        """
        with self._lock:
            if (name, side) not in self._loaded:
                if self._openvino is None:
                    self._openvino = import_openvino()
                core = self._openvino.Core()
                model = core.read_model(str(weights.place(name, self.folder)))
                if name in SALIENT:  # six side outputs are of no use: keep the fused one
                    model = self._openvino.Model([model.outputs[0]], model.get_parameters(), name)
                if side:
                    model.reshape([1, 3, side, side])
                self._loaded[name, side] = core.compile_model(model, "CPU", self._settings())
            found: Callable[[list[NDArray[Any]]], Any] = self._loaded[name, side]
            return found

    def _settings(self) -> dict[str, Any]:
        return {
            "INFERENCE_NUM_THREADS": self._threads,
            "NUM_STREAMS": 1,
            "INFERENCE_PRECISION_HINT": "f32",
            "EXECUTION_MODE_HINT": "ACCURACY",
        }

    def salient(self, rgb: Image, *, swift: bool = False) -> Plane:
        """Return how much each pixel belongs to the main object (U-2-Net, Qin et al. 2020).

        The mean of the light and the full network, where the full one has been fetched; `swift`
        asks the light one alone, and shows it less: on drawn proof photos the cut-outs are as
        good at half of the time.
        """
        swift = swift and self.has(SALIENT[0])
        side = SALIENT_SIDES[swift]
        small: Image = cv2.resize(rgb, (side, side), interpolation=cv2.INTER_AREA)
        small = small / max(float(small.max()), 1.0)
        given = [_channels_first((small - MEAN) / SPREAD)]
        found = []
        for name in SALIENT[:1] if swift else SALIENT:
            if self.has(name):
                odds = self.load(name, side)(given)[0][0, 0]
                found.append((odds - odds.min()) / (odds.max() - odds.min() + 1e-6))
        result = np.mean(found, axis=0)
        return cv2.resize(result, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_CUBIC).clip(
            0, 1
        )

    def matte(self, rgb: Image, *, swift: bool = False) -> Plane:
        """Return the alpha of the people in the picture (MODNet, Ke et al. 2022)."""
        height, width = rgb.shape[:2]
        scale = MATTE_SIDES[swift] / min(height, width)
        size = [max(32, round(side * scale / 32) * 32) for side in (width, height)]
        small = cv2.resize(rgb, tuple(size), interpolation=cv2.INTER_AREA) / 127.5 - 1
        result = self.load("modnet")([_channels_first(small)])[0][0, 0]
        return cv2.resize(result, (width, height), interpolation=cv2.INTER_LINEAR).clip(0, 1)

    def parts(self, rgb: Image) -> NDArray[Any]:
        """Return six planes that sum to 1: ground, hair, body skin, face skin, clothes, other."""
        small = cv2.resize(rgb, (256, 256), interpolation=cv2.INTER_AREA) / 255
        logits = self.load("selfie_multiclass")([small[None].astype(np.float32)])[0][0]
        odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
        odds /= odds.sum(axis=-1, keepdims=True)
        size = rgb.shape[1], rgb.shape[0]
        planes = [cv2.resize(odds[..., part], size) for part in range(6)]
        return np.stack(planes).astype(np.float32)

    def landmarks(self, patch: Image) -> tuple[NDArray[Any], float, NDArray[Any]]:
        """Run BlazePose on a 256 x 256 patch.

        Returns 39 rows (x, y, z in patch pixels, two logits), the pose score, and 39 metric
        positions (Bazarevsky et al. 2020).
        """
        answer = self.load("pose_landmark")([(patch[None] / 255).astype(np.float32)])
        points = answer[0].reshape(39, 5)
        return points, float(np.ravel(answer[1])[0]), answer[4].reshape(39, 3)


def _channels_first(image: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(image.transpose(2, 0, 1)[None], dtype=np.float32)
