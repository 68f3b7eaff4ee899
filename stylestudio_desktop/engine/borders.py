"""Frees the edge of a person from what lay beside it in the photo: the ground, and old clothes."""

import cv2
import numpy as np

from stylestudio_desktop.engine.filters import Image, Plane, bounds, disc, smoothstep, spread_colour
from stylestudio_desktop.engine.person import CLOTHES, FACE, HAIR, OTHER, SKIN, Person

RIM = 0.02  # of half the shoulders: as far into skin and cloth the ground beside them shines
SEEN = 0.25  # of skin: from here on some of it is seen before a new garment
SURE = 0.7  # and from here on it is nothing else: else its shadow beside old cloth goes as well
EVEN = 0.012  # of half the shoulders: finer than that no edge of an arm is ragged
# Levels by which what is partly seen as cloth must be nearer to it than to skin to keep its colour:
# the pocket below a finger.
APART, SOME = 12.0, 0.15
LINED = 0.06  # and old cloth, with its shadow and its light, into the skin beside it


def unlined(person: Person, old: Plane) -> Image:
    """Return the photo with skin and clothes in their own colours up to their edge.

    Just inside an outline a camera and a JPEG file mix both sides, and sharpening draws a light
    line there: it shows before another ground, or where the `old` clothes go. Hair stays as it is.
    """
    left, top, right, bottom = bounds(person.alpha, 0.02)
    box = slice(max(0, top - 8), bottom + 8), slice(max(0, left - 8), right + 8)
    alpha, parts, rgb = person.alpha[box], person.parts[:, box[0], box[1]], person.rgb[box]
    skin, cloth = (
        cv2.GaussianBlur(parts[one] + parts[other], (0, 0), EVEN * person.half)
        for one, other in ((SKIN, FACE), (CLOTHES, OTHER))
    )
    rim, lined = (max(2, round(share * person.half)) for share in (RIM, LINED))
    outside = cv2.dilate((alpha < 0.9).astype(np.uint8), disc(rim)) > 0
    clothes = (old[box] > 0.3).astype(np.uint8)
    beside = cv2.dilate(clothes, disc(lined)) > 0
    beside |= (cv2.dilate(clothes, disc(2 * lined)) > 0) & (skin < SURE)
    free = cv2.dilate((parts[HAIR] > 0.2).astype(np.uint8), disc(2 * rim)) == 0
    result, nearest = rgb, np.full(alpha.shape, np.inf, np.float32)
    for own, other, edge, where in (
        (cloth, skin, outside, cloth > skin),
        (skin, cloth, outside | beside, (skin > SEEN) | (skin >= cloth)),
    ):
        sure = (own > 0.5) & (own > 1.5 * other) & (alpha > 0.98) & ~edge
        if int(sure.sum()) < 100:
            continue
        within = spread_colour(rgb, sure.astype(np.float32), (1.5 * rim, 4.0 * rim))
        far = np.linalg.norm(rgb - within, axis=-1)
        strange = (far > nearest + APART) & (own < SURE) & ~beside & (other > SOME)
        nearest = np.minimum(nearest, far)
        weight = cv2.GaussianBlur((edge & free).astype(np.float32), (0, 0), 0.5 * rim)
        weight = smoothstep(weight, 0.2, 0.8) * where * ~strange
        weight *= np.clip(20 * cv2.GaussianBlur(sure.astype(np.float32), (0, 0), 4.0 * rim), 0, 1)
        result = result + (within - result) * weight[..., None]
    whole = person.rgb.copy()
    whole[box] = result
    return whole
