"""The way from two pictures to a report: find, register, take the light off, measure, judge."""

import base64
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine import ground as grounds
from stylestudio_desktop.engine import photo as photos
from stylestudio_desktop.engine.cutout import cut
from stylestudio_desktop.engine.edges import feathered
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.fidelity import placing, verdict
from stylestudio_desktop.engine.fidelity.colour import Light, cast_between, ciede2000, relit_like
from stylestudio_desktop.engine.fidelity.parts import Outline, Parts, outline, parts
from stylestudio_desktop.engine.fidelity.verdict import Found
from stylestudio_desktop.engine.filters import (
    Image,
    Mask,
    Plane,
    bounds,
    grown,
    luma,
    resized,
    shrunk,
    to_lab,
)
from stylestudio_desktop.engine.looks import LOOKS
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.undeveloped import undeveloped

PRODUCT, SCENE = 512, 768  # long sides at which product and picture are compared
HEAT = 48  # long side of the heat map
HOT = 12.0  # CIEDE2000 that is drawn at full heat


@dataclass
class Heat:
    """Where the picture differs, 0 to 1, at the picture's own proportions."""

    plane: Plane

    def add(self, other: Plane) -> None:
        """Take in another product's differences."""
        self.plane = np.maximum(self.plane, other)

    def packed(self) -> dict[str, Any]:
        """Return width, height and the levels (0 to 255, rows from the top, zlib, base64)."""
        height, width = self.plane.shape
        scale = HEAT / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = cv2.resize(self.plane, size, interpolation=cv2.INTER_AREA)
        levels = np.clip(small * 255 + 0.5, 0, 255).astype(np.uint8)
        data = base64.b64encode(zlib.compress(levels.tobytes(), 9)).decode("ascii")
        return {"width": size[0], "height": size[1], "levels": data}


def examine(
    products: list[Path],
    picture: Path,
    networks: Networks,
    check: Callable[[str, float], None],
    grade: str = "",
) -> dict[str, Any]:
    """Return the report on `picture`: a verdict, one entry a product, and the heat map.

    `grade` is the style in which this engine developed it, which is then taken off first.
    A product photo that can't be cut out is "could not tell". Raises EngineFault if the picture
    itself can't be read, or Cancelled out of `check`.
    """
    scene = photos.read(picture, SCENE).rgb
    if grade in LOOKS:
        scene = undeveloped(scene, grade)
    heat = Heat(np.zeros(scene.shape[:2], np.float32))
    each: list[Found] = []
    for index, path in enumerate(products):
        part = index / len(products)
        check("Comparing with the product photo", part)
        try:
            shot = photos.read(path, PRODUCT)
            cutout = cut(shot, networks, partial(check, "Cutting out the product", part))
        except EngineFault:
            each.append(Found(verdict.UNKNOWN, [verdict.UNCUT]))
            continue
        each.append(compared(Product.of(shot, cutout.colour, cutout.alpha), scene, heat))
    return {
        "verdict": verdict.whole([one.verdict for one in each]),
        "products": [asdict(one) for one in each],
        "heat": heat.packed(),
        "method": verdict.METHOD,
    }


@dataclass(frozen=True)
class Product:
    """A product cropped to its silhouette, and the photo around it."""

    colour: Image
    mask: Mask
    photo: Image
    ground: Mask

    @classmethod
    def of(cls, shot: photos.Photo, colour: Image, alpha: Plane) -> "Product":
        """Return the product that was cut out of `shot`, `PRODUCT` pixels long."""
        left, top, right, bottom = bounds(alpha, 0.5)
        crop = alpha[top:bottom, left:right]
        soft = feathered(colour[top:bottom, left:right], crop, max(2.0, 0.01 * max(crop.shape)))
        ground = 1 - grown((alpha > 0.05).astype(np.uint8), 4)
        if shot.alpha is not None:
            ground = np.zeros_like(ground)  # a cut-out has no surroundings to tell the light by
        return cls(soft, (crop > 0.5).astype(np.uint8), shot.rgb, ground)

    def mirrored(self) -> "Product":
        """Return the product as a mirror shows it."""
        flip = np.ascontiguousarray
        return Product(
            flip(self.colour[:, ::-1]), flip(self.mask[:, ::-1]), self.photo, self.ground
        )

    def scaled(self, scale: float) -> "Product":
        """Return the product at another size."""
        height, width = self.mask.shape
        size = max(8, round(width * scale)), max(8, round(height * scale))
        mask = (resized(self.mask.astype(np.float32), *size) > 0.5).astype(np.uint8)
        return Product(resized(self.colour, *size), mask, self.photo, self.ground)


def compared(product: Product, scene: Image, heat: Heat) -> Found:
    """Find one product in the picture, measure what became of it, and add to the heat map."""
    keys = placing.features(scene, None, 3000)
    place = placing.by_features(product.colour, product.mask, keys)
    chances = placing.likely(product.colour, product.mask, scene)
    palette = float((chances > 0.4).mean())
    if place is None:
        matrix, score = placing.by_shape(product.mask, chances)
        if matrix is None or score < verdict.SHAPE:
            own = placing.features(product.colour, product.mask)
            alike = len(placing.matched(own, keys)[0])
            plain = grounds.fit(to_lab(cv2.GaussianBlur(scene, (0, 0), 0.8)), None).plain
            return verdict.absent(len(own.points), alike, palette, score, plain)
        place = placing.Placement(placing.settled(product.mask, chances, matrix), 0, 0)
    if place.mirrored:
        product = product.mirrored()
    scale = float(np.sqrt(abs(np.linalg.det(place.matrix[:, :2]))))
    sized = product.scaled(min(1.5, scale))
    matrix = place.matrix.copy()
    matrix[:, 0] *= product.mask.shape[1] / sized.mask.shape[1]
    matrix[:, 1] *= product.mask.shape[0] / sized.mask.shape[0]
    grey, level = (cv2.GaussianBlur(luma(one), (0, 0), 1.2) for one in (sized.colour, scene))
    matrix = placing.refined(grey, sized.mask.astype(np.float32), level, matrix)
    return _measured(sized, scene, matrix, place, heat)


def _measured(
    product: Product, scene: Image, matrix: NDArray[Any], place: placing.Placement, heat: Heat
) -> Found:
    size = scene.shape[1], scene.shape[0]
    alpha = cv2.warpAffine(product.mask.astype(np.float32), matrix, size)
    mask = (alpha > 0.5).astype(np.uint8)
    whole = float(product.mask.sum()) * abs(float(np.linalg.det(matrix[:, :2])))
    seen = float(mask.sum()) / max(1.0, whole)
    extent = float(np.sqrt(max(1, int(mask.sum()))))
    if extent < 24:
        return Found(verdict.UNKNOWN, [verdict.SMALL])
    warped = cv2.warpAffine(
        product.colour, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    around = (1 - grown(mask, max(3, round(0.08 * extent)))).astype(np.uint8)
    cast = cast_between(product.photo, product.ground, scene, around)
    inside = shrunk(mask, max(1, round(0.012 * extent)))
    relit, light, far, values = min(
        (_lit(warped, scene, inside, 0.07 * extent, each) for each in (np.ones(3), cast)),
        key=lambda found: float(np.median(found[3])),
    )
    spots = parts(relit, scene, inside)
    edge = outline(scene, mask)
    heat.add(_heat(far, inside, spots, edge))
    match = _print_match(product, scene, matrix, mask)
    found = Found(
        verdict="",
        reasons=[],
        place=[round(float(v), 4) for v in _corners(product.mask, matrix, size)],
        colour_median=round(float(np.median(values)), 2),
        colour_p95=round(float(np.percentile(values, 95)), 2),
        brightness=light.brightness,
        cast=[round(value, 3) for value in light.cast],
        points=match[0],
        matched=match[1],
        mirrored=place.mirrored or match[2],
        print_match=round(match[1] / match[0], 3) if match[0] >= verdict.PRINTED else None,
        outline_overlap=round(edge.overlap, 3) if edge.told else None,
        outline_change=round(edge.change, 4) if edge.told else None,
        missing=round(spots.missing_share, 4),
        added=round(spots.added_share, 4),
    )
    return verdict.judged(found, seen)


def _lit(
    warped: Image, scene: Image, inside: Mask, sigma: float, cast: NDArray[Any]
) -> tuple[Image, Light, Plane, NDArray[Any]]:
    """Return the product in the scene's light if it has this cast, and how far it lies off."""
    weight = inside.astype(np.float32)
    relit, light = relit_like(warped, scene, weight, sigma, cast.astype(np.float32))
    far = _differences(relit, scene)
    usable = (inside > 0) & (scene.max(axis=2) < 253) & (scene.max(axis=2) > 8)
    return relit, light, far, far[usable] if int(usable.sum()) > 50 else far[inside > 0]


def _differences(one: Image, two: Image) -> Plane:
    """Return CIEDE2000 pixel by pixel, after a blur that takes grain and half pixels away."""
    soft = [to_lab(cv2.GaussianBlur(each, (0, 0), 1.5)) for each in (one, two)]
    return ciede2000(soft[0], soft[1]).astype(np.float32)


def _print_match(
    product: Product, scene: Image, matrix: NDArray[Any], mask: Mask
) -> tuple[int, int, bool]:
    """Return features of the product, those found at their place, and whether a print is mirrored.

    Both pictures are described at the same scale and place, so a feature counts as found when
    a plain match lies within a few pixels of where the map sends it.
    """
    own = placing.features(product.colour, product.mask)
    within = placing.features(scene, grown(mask, 4), 3000)
    source, target = placing.matched(own, within)
    near = np.zeros(len(source), bool)
    if len(source):
        sent = cv2.transform(source[:, None], matrix)[:, 0]
        near = np.hypot(*(sent - target).T) < 2.5 * placing.NEAR
    flipped = product.mirrored()
    other = placing.features(flipped.colour, flipped.mask)
    _, turned = placing.modelled(*placing.matched(other, within))
    direct = len({(int(x) // 4, int(y) // 4) for x, y in source[near]})
    points = len({(int(x) // 4, int(y) // 4) for x, y in own.points})
    return points, direct, turned >= placing.ENOUGH and turned > direct


def _heat(far: Plane, inside: Mask, spots: Parts, edge: Outline) -> Plane:
    heat = np.clip(far / HOT, 0, 1) * inside
    heat = np.maximum(heat, np.maximum(spots.missing, spots.added))
    size = heat.shape[1], heat.shape[0]
    for mask in (edge.lost, edge.grown):
        heat = np.maximum(heat, 0.8 * cv2.resize(mask.astype(np.float32), size))
    return heat.astype(np.float32)


def _corners(mask: Mask, matrix: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    height, width = mask.shape
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    found = cv2.transform(corners, matrix)[0] / np.array(size, np.float64)
    return np.asarray(found, np.float64).ravel()
