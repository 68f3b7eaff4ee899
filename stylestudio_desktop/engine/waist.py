"""Carries trousers and skirts up to their waistband, where a top ends higher than the old one."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.body import Body
from stylestudio_desktop.engine.filters import Image, Plane, smoothstep
from stylestudio_desktop.engine.oldclothes import upper_share
from stylestudio_desktop.engine.person import CLOTHES, Person

WAIST = 0.80  # of the torso: trousers and skirts are worn up to there
SEARCHED = 0.70, 1.45  # of the torso: between which the old top's hem is looked for
SEAM = 0.03  # of half the shoulders below that hem: its own edge and shadow are no trousers
ARM = 0.30  # of half the shoulders round an arm's bone, which is the arm's own
LEAST = 0.5  # of the torso's width along which the lower cloth must be seen


def carried_up(person: Person, body: Body) -> tuple[Image, Plane, Plane]:
    """Return the photo with the lower garment mirrored up from the old top's hem, and where.

    The last is where the old top hung beside the lower garment: there is neither skin nor cloth.

    Nowhere if no lower garment is seen, or none of another colour than the top: a dress.
    """
    height, width = person.alpha.shape
    nowhere = np.zeros((height, width), np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    along = person.height_of(np.stack([x, y], axis=-1))
    cloth = person.parts[CLOTHES] * person.alpha
    lower = (cloth > 0.6) & (upper_share(person, body) < 0.3)
    lower &= (along > SEARCHED[0]) & (along < SEARCHED[1] + 0.4)
    kernel = np.ones((max(3, round(0.06 * person.half)), 3), np.uint8)
    lower = cv2.morphologyEx(lower.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0
    hems = _hems(lower, along)
    columns = np.nonzero(hems >= 0)[0]
    if len(columns) < LEAST * 2 * float(body.half_width(np.array(1.0))):
        return person.rgb, nowhere, nowhere
    edge = np.interp(np.arange(width), columns, hems[columns]).astype(np.float32)
    edge = cv2.GaussianBlur(edge[None], (0, 0), 0.04 * person.half)[0]
    edge += SEAM * person.half
    from_y = np.where(y < edge, 2 * edge - y, y).astype(np.float32)
    fetched = cv2.remap(person.rgb, x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    between = (x >= columns[0]) & (x <= columns[-1])
    band = 0.5 / max(person.torso, 1.0)
    above = smoothstep(along.astype(np.float32), WAIST - band, WAIST + band)
    arms = np.minimum(body.along_arms[0][1], body.along_arms[1][1]) < ARM * person.half
    beyond = (above * (y < edge + 1) * ~between * ~arms).astype(np.float32)
    where = (above * between).astype(np.float32)
    return fetched, *(cv2.GaussianBlur(each, (0, 0), 0.7) for each in (where, beyond))


def _hems(lower: NDArray[Any], along: NDArray[Any]) -> NDArray[Any]:
    """Return the first row of the lower garment in every column, -1 where it is not seen."""
    rows = np.where(lower.any(axis=0), lower.argmax(axis=0), -1)
    at = along[np.maximum(rows, 0), np.arange(lower.shape[1])]
    return np.where((rows >= 0) & (at < SEARCHED[1]), rows, -1)
