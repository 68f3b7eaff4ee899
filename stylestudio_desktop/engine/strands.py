"""Tells ends of hair from the old clothes they fall on, so that they can fall on new ones."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from stylestudio_desktop.engine.filters import (
    Image,
    Plane,
    bounds,
    disc,
    over,
    shrunk,
    smoothstep,
    spread_colour,
)
from stylestudio_desktop.engine.person import CLOTHES, FACE, HAIR, SKIN, Person

REACH = 0.22  # of half the shoulders: as far from a mass of hair its ends are looked for
SURE = 0.8  # of hair, and of clothes: nothing else is there
APART = 120.0  # levels over three channels between hair and clothes, or no end is told from them
EVEN = 0.8  # of the way, beyond which nine tenths of the hair lie: strands of all shades tell none
THIN, THICK = 0.15, 0.7  # of the way from the clothes' colour to the hair's
LEAST = 200  # pixels of hair and of clothes beside each other, or there is nothing to do
OWN = 0.3  # of skin: there it is the throat, no clothes


@dataclass(frozen=True)
class Strands:
    """Ends of hair by themselves: their colour, and how far they cover what is below them."""

    colour: Image
    cover: Plane

    def on(self, picture: Image, alpha: Plane) -> tuple[Image, Plane]:
        """Return a picture and its outline with the ends of hair on it."""
        return over(picture, self.colour, self.cover), np.maximum(alpha, self.cover)


def lifted_off(person: Person) -> tuple[Person, Strands | None]:
    """Return `person` with clothes where ends of hair fell on them, and those ends; None: none.

    A pixel among them is a mixture of both. The network sees strands as one soft edge, in which
    old clothes stay; their colours, known from close by, tell how much of each there is.
    """
    hair, cloth = person.parts[HAIR], person.parts[CLOTHES]
    if person.naked:
        return person, None
    reach = disc(max(3, round(REACH * person.half)))
    mass = shrunk(((hair > SURE) & (person.alpha > 0.9)).astype(np.uint8), 2)
    worn = shrunk(((cloth > SURE) & (person.alpha > 0.9)).astype(np.uint8), 2)
    near = (cv2.dilate(mass, reach) > 0) & (cv2.dilate(worn, reach) > 0)
    if min(int((mass & near).sum()), int((worn & near).sum())) < LEAST:
        return person, None
    left, top, right, bottom = bounds(near.astype(np.float32))
    margin = len(reach)
    box = (
        slice(max(0, top - margin), bottom + margin),
        slice(max(0, left - margin), right + margin),
    )
    rgb, inner = person.rgb[box], (mass[box] > 0) & near[box]
    of_hair, of_cloth = (
        spread_colour(rgb, each[box].astype(np.float32), (3.0, 9.0, 27.0)) for each in (mass, worn)
    )
    step = of_hair - of_cloth
    size = np.square(step).sum(axis=-1)
    share = (((rgb - of_cloth) * step).sum(axis=-1) / np.maximum(size, 1)).astype(np.float32)
    apart, alike = (np.percentile(each[inner], 10) for each in (np.sqrt(size), share))
    if apart < APART or alike < EVEN:
        return person, None
    mixed = near[box] & (mass[box] == 0) & (hair[box] + cloth[box] > 0.6)
    mixed &= person.parts[SKIN][box] + person.parts[FACE][box] < OWN
    cover = _covered(share, hair[box], len(reach) // 4) * mixed
    pure = of_cloth + (rgb - of_cloth) / np.clip(share, 0.35, 1)[..., None]
    pure = of_hair + (pure - of_hair) * smoothstep(share, 0.55, 0.95)[..., None]
    pure = np.clip(np.where(mixed[..., None], pure, rgb), 0, 255).astype(np.float32)
    cover = np.maximum(cover, inner) * person.alpha[box]  # or a seam would run between both
    return _parted(person, box, mixed, pure, cover.astype(np.float32), of_cloth)


def _covered(share: Plane, hair: Plane, reach: int) -> Plane:
    """Return how far hair covers what is `share` of the way from the clothes' colour to its own."""
    close = cv2.dilate((hair > 0.5).astype(np.uint8), disc(reach)).astype(np.float32)
    cover = smoothstep(share, THIN, THICK) * cv2.GaussianBlur(close, (0, 0), 3)
    cover = np.maximum(cover, smoothstep(hair, 0.65, 0.85))
    return cover * smoothstep(hair, 0.06, 0.2)  # a shadow along a shoulder is none


def _parted(
    person: Person,
    box: tuple[slice, slice],
    mixed: Plane,
    pure: Image,
    cover: Plane,
    of_cloth: Image,
) -> tuple[Person, Strands]:
    """Return `person` with clothes alone where both are `mixed`, and the hair that lay there."""
    rgb, parts = person.rgb.copy(), person.parts.copy()
    rgb[box] = np.where(mixed[..., None], of_cloth, rgb[box])
    parts[:, box[0], box[1]] = np.where(mixed, 0, parts[:, box[0], box[1]])
    parts[CLOTHES][box] = np.where(mixed, 1, parts[CLOTHES][box])
    colour, whole = person.rgb.copy(), np.zeros_like(person.alpha)
    colour[box], whole[box] = pure, cover
    return replace(person, rgb=rgb, parts=parts), Strands(colour, whole)
