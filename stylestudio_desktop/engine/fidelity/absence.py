"""Gathers what speaks for it that a product stands nowhere in a picture."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine import ground as grounds
from stylestudio_desktop.engine.fidelity import placing
from stylestudio_desktop.engine.filters import Image, Mask, Plane, disc, largest, to_lab

LIKELY = 0.4  # from which a pixel counts as one of the product's colours
APART = 10.0, 2.0  # weighted Lab units, and residuals, from which something stands out clearly
FAINT = 1.0, 3.0  # and from which it can be told from the ground's own unevenness
FOREIGN = 0.15  # share of what stands out in the product's colours, up to which it is another: in
# none of 90 studio pictures of the product itself something foreign is seen


@dataclass(frozen=True)
class Evidence:
    """What a picture shows where a product was not found.

    `points` are the product's features, `alike` those with a match anywhere; `palette` is the
    share of the picture in its colours, `score` that of the best place for its silhouette; `least`
    the share that it covers at the smallest size it is looked for; `plain` says that it could not
    hide in the picture's ground, and `foreign` that what stands out there is something else.
    """

    points: int
    alike: int
    palette: float
    score: float
    least: float
    plain: bool = False
    foreign: bool = False


def evidence(
    colour: Image, mask: Mask, scene: Image, keys: placing.Features, chances: Plane, score: float
) -> Evidence:
    """Return what speaks for the absence of a product (`colour`, `mask`) from `scene`.

    `keys` are its features, `chances` says how likely its pixels are the product's, and `score` how
    well its silhouette fits.
    """
    own = placing.features(colour, mask)
    alike = len(placing.matched(own, keys)[0])
    least = placing.smallest(mask, scene)
    ground = grounds.fit(to_lab(cv2.GaussianBlur(scene, (0, 0), 0.8)), None)
    likely = chances > LIKELY
    foreign = ground.plain and _is_foreign(colour[mask > 0], likely, ground, least)
    palette = float(likely.mean())
    return Evidence(len(own.points), alike, palette, score, least, ground.plain, foreign)


def _is_foreign(
    own: NDArray[Any], likely: NDArray[np.bool_], ground: grounds.Ground, least: float
) -> bool:
    """Say whether something else stands out, and nothing that the product (`own`) could be.

    Nothing is said where its colours are so near the ground's that it could hide there.
    """
    seen = FAINT[0] + FAINT[1] * ground.residual
    middle = np.median(ground.field.reshape(-1, 3), axis=0)
    if float(np.median(grounds.weighted(to_lab(own[None])[0] - middle))) < seen:
        return False
    away = (ground.distance > APART[0] + APART[1] * ground.residual).astype(np.uint8)
    front = largest(cv2.morphologyEx(away, cv2.MORPH_OPEN, disc(3)).astype(np.uint8)) > 0
    whole, covered = float(front.mean()), float((likely & (ground.distance > seen)).mean())
    return whole >= least > covered and covered < FOREIGN * whole
