"""Keeps hands before a garment: whole, up to every finger's tip, and no hem beyond them."""

import cv2
import numpy as np

from stylestudio_desktop.engine.body import Body
from stylestudio_desktop.engine.filters import Plane, components, disc
from stylestudio_desktop.engine.person import SKIN, Person

SOFT = 2  # pixels beyond a hand: so wide its own soft edge is
WRIST = 0.90  # of an arm: from here on it is a hand
FOREARM = 0.6  # of an arm: from here on no hem stands out beyond it
BONE = 0.23  # of half the shoulders round its bone: a hand's middle
ROUND = 0.90  # and as far from there a finger may reach
END = 0.86  # from here on there is no finger any more: what goes on so far is a thigh, or a trunk
LARGEST = 0.62  # of the square of half the shoulders: more skin than a hand's is a thigh's too
CAPE = 0.25  # of the same square: so much of a hem beyond a hand is no corner of it


def whole_hand(person: Person, body: Body, skin: Plane, side: int) -> Plane:
    """Return a hand with its fingers; nothing where `skin` goes on beyond it, as on a thigh."""
    share, away = body.along_arms[side]
    around = (skin > 0.5) & (share > WRIST) & (away < ROUND * person.half)
    count, labels, stats = components(around.astype(np.uint8))
    middle = np.bincount(labels[around & (away < BONE * person.half)], minlength=count)
    middle[0] = 0
    found = int(middle.argmax())
    further = bool((labels[away > END * person.half] == found).any())
    if middle[found] == 0 or further or stats[found, cv2.CC_STAT_AREA] > LARGEST * person.half**2:
        return np.zeros_like(skin)
    hand = cv2.dilate((labels == found).astype(np.uint8), disc(SOFT + 1))
    return cv2.GaussianBlur(hand.astype(np.float32), (0, 0), SOFT / 2)


def within_hands(person: Person, body: Body, shown: Plane, sleeves: Plane, front: Plane) -> Plane:
    """Return a top's cover without what of its hem stands out beyond a hand or a bare forearm.

    `front` is what lies before the garment. A wide cape is seen there too, but that is more.
    """
    left = shown
    columns = np.arange(shown.shape[1], dtype=np.float32)
    for side in (0, 1):
        share, away = body.along_arms[side]
        hand = (front > 0.5) & (person.parts[SKIN] > 0.5)
        hand &= (share > FOREARM) & (away < ROUND * person.half)
        rows = np.flatnonzero(hand.any(axis=1))
        if len(rows) < 3:
            continue
        seen = hand[rows]
        last = seen.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)
        edge = np.interp(np.arange(rows[0], rows[-1] + 1), rows, last if side else seen.argmax(1))
        edge = cv2.GaussianBlur(edge[:, None], (0, 0), 1.5, borderType=cv2.BORDER_REPLICATE)
        off = (columns - edge) * (1 if side else -1) + SOFT  # its soft edge is not lined either
        beyond = np.clip(off, 0, 1) * (away[rows[0] : rows[-1] + 1] < 1.2 * person.half)
        at = slice(rows[0], rows[-1] + 1)
        cut = (beyond * (1 - sleeves[at])).astype(np.float32)
        if float((shown[at] * cut).sum()) < CAPE * person.half**2:
            left = left.copy()
            left[at] *= 1 - cut
    return left.astype(np.float32)
