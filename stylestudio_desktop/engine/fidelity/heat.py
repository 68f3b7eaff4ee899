"""Draws where a picture differs from its product photo."""

import base64
import zlib
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from stylestudio_desktop.engine.fidelity.parts import Outline, Parts
from stylestudio_desktop.engine.filters import Mask, Plane

HEAT = 48  # long side of the heat map
HOT = 12.0  # CIEDE2000 that is drawn at full heat


@dataclass
class Heat:
    """Where the picture differs, 0 to 1, at the picture's own proportions."""

    plane: Plane

    def packed(self) -> dict[str, Any]:
        """Return width, height and the levels (0 to 255, rows from the top, zlib, base64)."""
        height, width = self.plane.shape
        scale = HEAT / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(self.plane, size, interpolation=cv2.INTER_AREA)
        levels = np.clip(small * 255 + 0.5, 0, 255).astype(np.uint8)
        data = base64.b64encode(zlib.compress(levels.tobytes(), 9)).decode("ascii")
        return {"width": size[0], "height": size[1], "levels": data}


def drawn(far: Plane, inside: Mask, spots: Parts, edge: Outline) -> Plane:
    """Return the heat of one product: colours that are off, parts, and the outline."""
    heat = np.clip(far / HOT, 0, 1) * inside
    heat = np.maximum(heat, np.maximum(spots.missing, spots.added))
    size = heat.shape[1], heat.shape[0]
    for mask in (edge.lost, edge.grown):
        heat = np.maximum(heat, 0.8 * cv2.resize(mask.astype(np.float32), size))
    return heat.astype(np.float32)
