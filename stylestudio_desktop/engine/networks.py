"""Loads networks late, keeps them and what they found warm, and the runtime from calling home."""

import contextlib
import sys
import threading
import types
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine import compiled, efficientnet, weights
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import Image, Plane
from stylestudio_desktop.engine.kept import Kept

MEAN = np.array([0.485, 0.456, 0.406], np.float32)  # ImageNet statistics, as U-2-Net was trained
SPREAD = np.array([0.229, 0.224, 0.225], np.float32)
TELEMETRY = "openvino_telemetry"
SALIENT = ("u2netp", "u2net")
RECOGNITION = "recognition"
NEEDED = ("modnet", "pose_landmark", "selfie_multiclass")  # for a photo of a person
SALIENT_SIDES = 320, 224  # pixels of a side of a product's photo as it is shown, and of a draft's
MATTE_SIDES = 512, 288  # pixels of the shorter side of a person's photo, and of a draft's
DAMAGED = (
    "A file of the engine's networks was damaged and has been taken away. Nothing was charged; "
    "fetch it again in the settings."
)
Network = Callable[[list[NDArray[Any]]], Any]
Key = tuple[str, int]  # a network's name, and the side of the pictures that it gets, 0 for its own


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
        self._loaded: dict[Key, Future[Network]] = {}
        self._compiled = compiled.Compiled(folder)
        self._new: dict[Key, tuple[Network, bytes]] = {}  # made ready here and not yet kept
        self._lock = threading.Lock()
        self._openvino: types.ModuleType | None = None

    def has(self, *names: str) -> bool:
        """Say whether the weights `names` are on this computer."""
        return all(weights.place(name, self.folder).is_file() for name in names)

    def begin(self, wanted: Iterable[Key]) -> None:
        """Start to load networks beside the work, in order; `load` waits for its own."""
        new = [key for key in wanted if self.has(key[0]) and key not in self._loaded]
        if new:
            threading.Thread(target=self._ahead, args=(new,), daemon=True).start()

    def load(self, name: str, side: int = 0) -> Network:
        """Return the compiled network `name`, loading it at the first call.

        `side` is the side in pixels of the square pictures that it will get, 0 for its own. Raises
        EngineFault where its file can't be read; a damaged one is then offered to be fetched again.
        """
        key = name, side
        with self._lock:
            loading = self._loaded.get(key)
            first = loading is None
            if loading is None:
                loading = self._loaded[key] = Future()
        if first:
            try:
                loading.set_result(self._ready(name, side))
            except BaseException as error:
                del self._loaded[key]  # whoever asks next tries again
                loading.set_exception(error)
        return loading.result()

    def preserve(self, idle: Callable[[], bool]) -> None:
        """Keep what was made ready for the next start, one by one while nobody waits."""
        while self._new and idle():
            (name, side), (network, seal) = self._new.popitem()
            self._compiled.keep(network, f"{name}-{side}", seal)

    def _ahead(self, keys: list[Key]) -> None:
        for key in keys:
            with contextlib.suppress(Exception):  # whoever needs it meets the error again
                self.load(*key)

    def _ready(self, name: str, side: int) -> Network:
        """Return a network as it was made ready at an earlier start, or made ready now."""
        with self._lock:
            if self._openvino is None:
                self._openvino = import_openvino()
        core, source = self._openvino.Core(), weights.place(name, self.folder)
        seal = compiled.seal(self._openvino, core, source, self._settings())
        kept: Network | None = self._compiled.take(core, f"{name}-{side}", seal, self._settings())
        if kept is not None:
            return kept
        try:
            model = self._read(name, source, core)
        except (RuntimeError, ValueError) as fault:
            weights.discard(name, self.folder)
            raise EngineFault("provider", DAMAGED) from fault
        if side:
            model.reshape([1, 3, side, side])
        made: Network = core.compile_model(model, "CPU", self._settings())
        self._new[name, side] = made, seal
        return made

    def _read(self, name: str, source: Path, core: Any) -> Any:
        """Return the network in `source` as it was published, but for what nobody asks it."""
        openvino: Any = self._openvino
        if name == RECOGNITION:
            return efficientnet.model(source, openvino)
        model = core.read_model(str(source))
        if name in SALIENT:  # six side outputs are of no use: keep the fused one
            model = openvino.Model([model.outputs[0]], model.get_parameters(), name)
        return model

    def _settings(self) -> dict[str, Any]:
        return {
            "INFERENCE_NUM_THREADS": self._threads,
            "NUM_STREAMS": 1,
            "INFERENCE_PRECISION_HINT": "f32",
            "EXECUTION_MODE_HINT": "ACCURACY",
        }

    def looking(self, *, swift: bool) -> list[Key]:
        """Return which networks look for a product, of those that are here."""
        swift = swift and self.has(SALIENT[0])
        side = SALIENT_SIDES[swift]
        return [(name, side) for name in SALIENT[: 1 if swift else 2] if self.has(name)]

    def salient(self, rgb: Image, *, swift: bool = False) -> Plane:
        """Return how much each pixel belongs to the main object (U-2-Net, Qin et al. 2020).

        The mean of the light and the full network, where the full one has been fetched; `swift`
        asks the light one alone, and shows it less: on drawn proof photos the cut-outs are as
        good at half of the time.
        """
        asked = self.looking(swift=swift)
        side = asked[0][1]
        small: Image = cv2.resize(rgb, (side, side), interpolation=cv2.INTER_AREA)
        small = small / max(float(small.max()), 1.0)
        given = [_channels_first((small - MEAN) / SPREAD)]
        found = []
        for key in asked:
            odds = self.load(*key)(given)[0][0, 0]
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

    def recognised(self, square: Image) -> NDArray[Any]:
        """Return how likely each of ImageNet's 1,000 classes is; they sum to 1.

        EfficientNet-Lite2 (Tan & Le 2019; 77.6 % right at the first guess, as published).
        """
        side = efficientnet.SIDE
        small = cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA)
        logits = self.load(RECOGNITION)([_channels_first((small - 127) / 128)])[0][0]
        odds = np.exp(logits - logits.max())
        return np.asarray(odds / odds.sum())


def _channels_first(image: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(image.transpose(2, 0, 1)[None], dtype=np.float32)
