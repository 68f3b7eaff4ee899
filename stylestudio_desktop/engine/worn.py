"""The way of an order with a person in it: check the pair, dress, set on the stage, write."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine import mannequins, photo
from stylestudio_desktop.engine.accepted import flaw
from stylestudio_desktop.engine.backdrop import Stage, painted
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.drape import Draped, draped
from stylestudio_desktop.engine.edges import feathered
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import Image, Plane, bounds, over, smoothstep, wide_blur
from stylestudio_desktop.engine.grade import Development
from stylestudio_desktop.engine.kinds import kind_of
from stylestudio_desktop.engine.light import shadowed
from stylestudio_desktop.engine.looks import LOOKS, scheme_for
from stylestudio_desktop.engine.networks import NEEDED, Networks
from stylestudio_desktop.engine.order import WORN, Order
from stylestudio_desktop.engine.person import Person, read_person
from stylestudio_desktop.engine.stage import BAND, CANVAS
from stylestudio_desktop.engine.suitability import INSTEAD, against


def dressed(
    order: Order, product: Cutout, networks: Networks, report: Callable[[str, float], None]
) -> tuple[Draped, bool]:
    """Return the person of `order` in the garment, and whether the feet are in the picture."""
    if len(order.products) != 1:
        raise EngineFault(
            "input", f"The engine dresses a person in one garment at a time. {INSTEAD}"
        )
    if not networks.has(*NEEDED) and not mannequins.is_one(order.people[0]):
        raise EngineFault("input", f"The networks for people are not installed. {INSTEAD}")
    kind = kind_of(order, 0, product, networks)
    if kind not in WORN:
        raise EngineFault("input", f"This kind of product can't be put on a person. {INSTEAD}")
    report("Reading the person", 0.30)
    shot = photo.read(order.people[0], _side_for(order, kind))
    person = read_person(
        shot, networks, lambda: report("Reading the person", 0.35), swift=order.draft
    )
    reasons = against(person, kind)
    if reasons:
        raise EngineFault("input", f"{reasons[0]} {INSTEAD}")
    person, whole = framed(person, kind, order)
    report("Fitting the garment", 0.45)
    result = draped(person, product, kind)
    report("Fitting the garment", 0.6)
    wrong = flaw(result, person, kind)
    if wrong is not None:
        raise EngineFault("content", f"The garment could not be fitted: {wrong}. {INSTEAD}")
    return result, whole


def on_stage(
    order: Order, result: Draped, whole: bool, seed: int, check: Callable[[], None]
) -> NDArray[np.uint8]:
    """Set the dressed person on the style's stage, in the order's frame."""
    rng = np.random.default_rng([seed, 13])
    width, height = order.width, order.height
    left = float(rng.uniform(0.18, 0.34))
    light = (left if rng.random() < 0.7 else 1 - left, float(rng.uniform(0.06, 0.2)))
    weight = result.garment[..., None]
    mean = (result.rgb * weight).sum(axis=(0, 1)) / (float(weight.sum()) + 1e-6)
    colours = scheme_for(order.style, mean, rng)
    horizon = 0.74 if whole else None
    backdrop = painted(Stage(width, height, order.style, light, colours, horizon), rng)
    check()
    colour, alpha = _placed(result, (width, height), whole, order.style)
    check()
    unit = float(max(width, height))
    look = LOOKS[order.style]
    backdrop = shadowed(backdrop, _shadow(alpha, light, unit, look.strength, whole))
    tint = backdrop.mean(axis=(0, 1)) / max(float(backdrop.mean()), 1.0)
    check()
    return _developed(order.style, seed, (backdrop, colour, alpha), 1 + 0.05 * (tint - 1), check)


def _developed(
    style: str,
    seed: int,
    parts: tuple[Image, Image, Plane],
    tint: NDArray[np.float32],
    check: Callable[[], None],
) -> NDArray[np.uint8]:
    """Put the person before the backdrop and develop, band by band: large pictures stay light."""
    backdrop, colour, alpha = parts
    height, width = alpha.shape
    small = min(1.0, CANVAS / max(height, width))
    size = max(1, round(width * small)), max(1, round(height * small))
    ground, person, cover = (cv2.resize(part, size, interpolation=cv2.INTER_AREA) for part in parts)
    whole = over(ground, np.clip(person * tint, 0, 255).astype(np.float32), cover)
    development = Development(style, seed, (width, height), whole)
    made = np.empty((height, width, 3), np.uint8)
    for first in range(0, height, BAND):
        rows = slice(first, min(height, first + BAND))
        tinted = np.clip(colour[rows] * tint, 0, 255).astype(np.float32)
        made[rows] = development.band(over(backdrop[rows], tinted, alpha[rows]), first)
        check()
    return made


def _side_for(order: Order, kind: str) -> int:
    """Return the photo size that a picture of this kind needs; a crop needs more."""
    return round(order.height * (1.45 if kind in ("top", "jacket") else 1.10))


def framed(person: Person, kind: str, order: Order) -> tuple[Person, bool]:
    """Crop to what the picture shows: from the head to above the knee for tops, else all of it."""
    left, top, right, bottom = bounds(person.alpha)
    height, width = person.alpha.shape
    low = bottom
    if kind in ("top", "jacket"):
        knees = float(min(person.points[25, 1], person.points[26, 1]))
        low = int(min(bottom, 0.25 * person.hips[1] + 0.75 * knees))
    margin = int((1.6 if kind in ("dress", "skirt") else 0.45) * person.half)
    whole = low >= bottom and bottom < height - 4
    box = max(0, left - margin), max(0, top - margin), min(width, right + margin)
    return person.cropped(*box, min(height, low + (margin if whole else 0))), whole


def _placed(result: Draped, size: tuple[int, int], whole: bool, style: str) -> tuple[Image, Plane]:
    width, height = size
    colour = feathered(result.rgb, result.alpha, 4.0)
    left, top, right, bottom = bounds(result.alpha)
    room = 0.87 if whole else 0.92
    if style == "minimalist":
        room -= 0.10
    tall = height * room
    scale = min(tall / (bottom - top), 0.86 * width / (right - left))
    foot = height * 0.93 if whole else height + 1.0
    matrix = np.array(
        [
            [scale, 0, width / 2 - scale * (left + right) / 2],
            [0, scale, foot - scale * bottom],
        ],
        np.float32,
    )
    if scale < 0.75:
        colour = cv2.GaussianBlur(colour, (0, 0), 0.42 / scale)
    picture_ = cv2.warpAffine(
        colour, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    alpha = cv2.warpAffine(result.alpha, matrix, size, flags=cv2.INTER_LINEAR)
    return np.clip(picture_, 0, 255), smoothstep(alpha, 0.10, 0.92)


def _shadow(
    alpha: Plane, light: tuple[float, float], unit: float, strength: float, whole: bool
) -> Plane:
    """Return a soft shadow on the wall, and a pool round the feet where they can be seen."""
    shift = np.array([[1, 0, (0.5 - light[0]) * 0.09 * unit], [0, 1, 0.012 * unit]], np.float32)
    wall = wide_blur(cv2.warpAffine(alpha, shift, alpha.shape[::-1]), 0.030 * unit)
    shade = 0.30 * strength * wall
    if not whole:
        return shade.astype(np.float32)
    bottom = bounds(alpha)[3]
    feet = alpha.copy()
    feet[: int(bottom - 0.03 * unit)] = 0
    columns = np.nonzero((feet > 0.5).any(axis=0))[0]
    if len(columns) == 0:
        return shade.astype(np.float32)
    middle, half = float(columns.mean()), float(np.ptp(columns)) / 2 + 0.02 * unit
    y, x = np.mgrid[0 : alpha.shape[0], 0 : alpha.shape[1]].astype(np.float32)
    lean = (0.5 - light[0]) * 0.03 * unit
    pool = np.exp(
        -np.square((x - middle - lean) / (1.1 * half))
        - np.square((y - bottom + 0.006 * unit) / (0.014 * unit))
    )
    contact = wide_blur(feet, 0.006 * unit)
    return (1 - (1 - shade) * (1 - 0.45 * pool) * (1 - 0.35 * contact)).astype(np.float32)
