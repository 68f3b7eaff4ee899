"""Tells outlines that no body with such joints has: skin off its bones, or between the legs."""

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.arms import reach
from stylestudio_desktop.engine.person import HAIR, SKIN, Person

COARSE = 25  # pixels of half the shoulders are enough to look at
LIMB, TRUNK, LEG = 0.5, 1.25, 0.9  # of half the shoulders: as far from its bone may be skin
# Of 27 people who stand none has any skin further off; an arm that was not read has 0.23.
MOST_OFF = 0.08  # of the square of half the shoulders
THIGH = np.linspace(0.35, 1.0, 27)  # of the way from hip to knee, where thighs are looked at
# Of 27 people, thighs are at most 0.37 thicker inside than outside, in half shoulder widths; with
# a flower pot in the colour of skin behind them they are 0.68.
MOST_BETWEEN, RUN = 0.5, 4


def arm_unread(person: Person) -> bool:
    """Say whether so much skin lies off all bones beside the trunk that an arm was misread."""
    step = max(1, int(person.half / COARSE))
    window = slice(None, None, step), slice(None, None, step)
    y, x = np.mgrid[0 : person.alpha.shape[0] : step, 0 : person.alpha.shape[1] : step]
    spots = np.stack([x, y], axis=-1).astype(np.float32)
    off = _away(spots, person.shoulders, person.hips) / TRUNK
    for side in person.sides:
        shoulder, elbow, wrist, hip, knee = (person.points[i] for i in side[:5])
        hand = wrist + (wrist - elbow) * 0.5
        for start, end, wide in ((shoulder, elbow, LIMB), (elbow, hand, LIMB), (hip, knee, LEG)):
            off = np.minimum(off, _away(spots, start, end) / wide)
    along = person.height_of(spots)
    skin = (person.alpha[window] > 0.5) & (person.parts[SKIN][window] > 0.5)
    skin &= (person.parts[HAIR][window] < 0.5) & (along > 0.05) & (along < 1.0)
    found = float((skin & (off > person.half)).sum()) * step**2
    return found > MOST_OFF * person.half**2


def filled_between_legs(person: Person) -> bool:
    """Say whether bare thighs are far thicker inside than outside: what is behind them was taken.

    Nothing is said of legs that are covered, or that the photo does not show.
    """
    solid = person.alpha > 0.5
    skin = solid & (person.parts[SKIN] > 0.5)
    height, width = solid.shape
    thicker = []
    for share in THIGH:
        one, other = (
            person.points[side[3]] * (1 - share) + person.points[side[4]] * share
            for side in person.sides
        )
        apart = float(np.hypot(*(other - one)))
        across = (other - one) / max(apart, 1e-6)
        spots = (one + across * np.arange(max(2, int(apart)))[:, None]).astype(int)
        inside = (spots >= 0).all() and (spots < (width, height)).all()
        if not inside:
            break
        outer = [reach(solid, one, -across, 0.9 * person.half)]
        outer.append(reach(solid, other, across, 0.9 * person.half))
        thicker.append(float(skin[spots[:, 1], spots[:, 0]].sum()) - sum(outer))
    runs = [min(thicker[at : at + RUN]) for at in range(len(thicker) - RUN + 1)]
    return bool(runs) and max(runs) > MOST_BETWEEN * person.half


def _away(
    spots: NDArray[np.float32], start: NDArray[np.float32], end: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return how far points lie from the line between two others."""
    step = end - start
    share = ((spots - start) @ step) / max(float(step @ step), 1e-6)
    nearest = start + np.clip(share, 0, 1)[..., None] * step
    return np.asarray(np.linalg.norm(spots - nearest, axis=-1))
