"""Looks at a dressed person before it is delivered: what went wrong is not shown, nor charged."""

import cv2
import numpy as np

from stylestudio_desktop.engine.drape import Draped
from stylestudio_desktop.engine.filters import Plane, disc, largest
from stylestudio_desktop.engine.person import Person

LEAST_SHOWN = 0.02  # a garment that covers less of the picture than this went wrong
# Of 29 pairs measured, good ones have parts of at most 0.01, gaps of 1.021, and beside the
# person at most 0.09 (tops, shorts), 0.25 (trousers, dresses) and 0.54 (wide skirts).
MOST_TORN = 0.12  # of the garment that may hang apart from its main piece
MOST_GAPS = 1.06  # how much a garment may grow by closing its narrow gaps
MOST_BESIDE = {"top": 0.20, "jacket": 0.20, "shorts": 0.20, "trousers": 0.40, "dress": 0.45}
MOST_BESIDE_SKIRT = 0.75


def flaw(result: Draped, person: Person, kind: str) -> str | None:
    """Return what is wrong with `result` in a few words; None when it may be delivered.

    `person` is the same figure undressed, `kind` one of order.WORN.
    """
    if not np.isfinite(result.rgb).all():
        return "the picture has no colours"
    worn = (result.garment > 0.5).astype(np.uint8)
    area = float(worn.sum())
    if area < LEAST_SHOWN * worn.size:
        return "hardly anything of the garment can be seen"
    whole = worn | (result.gap > 0.5).astype(np.uint8)  # two open fronts hang from one back
    if float((worn & (1 - largest(whole))).sum()) > MOST_TORN * area:
        return "the garment came apart"
    size = max(3, round(0.08 * person.half))
    if float(cv2.morphologyEx(worn, cv2.MORPH_CLOSE, disc(size)).sum()) > MOST_GAPS * area:
        return "the garment has gaps"
    if _beside(worn, person.alpha) > MOST_BESIDE.get(kind, MOST_BESIDE_SKIRT):
        return "the garment hangs beside the person"
    return None


def _beside(worn: Plane, alpha: Plane) -> float:
    return float((worn * (alpha < 0.5)).sum()) / max(float(worn.sum()), 1.0)
