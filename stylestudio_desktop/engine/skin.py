"""Paints the skin that old clothes hid, in the colours and the light of the skin that is seen."""

import cv2
import numpy as np

from stylestudio_desktop.engine.barearms import painted_arms
from stylestudio_desktop.engine.body import Body
from stylestudio_desktop.engine.filters import (
    Image,
    Plane,
    disc,
    from_lab,
    grown,
    masked_blur,
    shrunk,
    smoothstep,
    spread_colour,
    to_lab,
)
from stylestudio_desktop.engine.person import FACE, SKIN, Person

BESIDE = 0.05  # of half the shoulders from cloth: there its light lies on the skin


def painted_skin(person: Person, body: Body, on_body: Plane, old: Plane) -> Image:
    """Return the person's photo with skin where clothes were.

    The visible skin's colour is spread over the body, rounded by a darker rim, with some grain;
    upper arms go on as the arm below them is seen to be.
    """
    lab = to_lab(person.rgb)
    skin = (person.parts[SKIN] > 0.8) & (person.alpha > 0.9)
    if int(skin.sum()) < 400:
        skin = skin | (person.parts[FACE] > 0.8)
    # Skin beside cloth holds some of its colour and light: it is no measure for the rest.
    cloth = grown((old > 0.3).astype(np.uint8), max(2, round(BESIDE * person.half)))
    weight = (cv2.erode(skin.astype(np.uint8), disc(2)) * (1 - cloth)).astype(np.float32)
    height = float(max(person.alpha.shape))
    spread = spread_colour(lab, weight, tuple(share * height for share in (0.01, 0.03, 0.08, 0.3)))
    spread[..., 0] += _lit(person, spread[..., 0])
    inside = cv2.distanceTransform((on_body > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    rim = 1 - 0.16 * np.exp(-inside / (0.09 * person.half))
    solid = shrunk((old > 0.9).astype(np.uint8), 3).astype(np.float32)  # its edge is no fold
    folds = masked_blur(lab[..., 0], solid, 0.004 * height)
    folds = (folds - masked_blur(lab[..., 0], solid, 0.02 * height)) * solid
    spread[..., 0] = np.clip((spread[..., 0] + 0.3 * np.clip(folds, -12, 8) * old) * rim, 3, 97)
    noise = np.random.default_rng(5).normal(0, 1.4, (*person.alpha.shape, 1))
    painted = (from_lab(spread) + noise).astype(np.float32)
    return painted_arms(person, body, painted)


def _lit(person: Person, level: Plane) -> Plane:
    """Return how much lighter the chest lies than the skin round it: it faces the lamp as a face.

    The throat is in the chin's shadow and the arms turn away.
    """
    face = (person.parts[FACE] > 0.8) & (person.alpha > 0.9)
    if int(face.sum()) < 400:
        return np.zeros_like(level)
    bright = float(np.percentile(to_lab(person.rgb)[face][:, 0], 65))
    height, width = level.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    chest = person.shoulders - person.up * 0.35 * person.half
    away = np.hypot(x - chest[0], y - chest[1]) / person.half
    return np.clip(bright - level, 0, 9) * (1 - smoothstep(away, 0.2, 1.0))
