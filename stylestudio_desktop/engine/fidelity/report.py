"""The way from two pictures to a report: find, register, take the light off, measure, judge."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine import photo as photos
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.edges import feathered
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.fidelity import placing, registration, verdict, windows
from stylestudio_desktop.engine.fidelity.absence import evidence
from stylestudio_desktop.engine.fidelity.colour import (
    Light,
    cast_on,
    casts_around,
    ciede2000,
    even,
    evenly_lit,
    plausible,
    relit_like,
)
from stylestudio_desktop.engine.fidelity.heat import Heat, drawn
from stylestudio_desktop.engine.fidelity.parts import DENOISED, outline, parts
from stylestudio_desktop.engine.fidelity.verdict import Found
from stylestudio_desktop.engine.fidelity.windows import Apart
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
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.painted import cut_as
from stylestudio_desktop.engine.sheer import clear_of
from stylestudio_desktop.engine.undeveloped import grain_of, read, undeveloped

PRODUCT, SCENE = 512, 768  # long sides at which product and picture are compared
SEVERAL = 1280  # that of a picture of several products
ALONE = Apart()
NO_CAST = np.ones(3, np.float32)
EXPLAINED = 0.5  # share of the colour difference that a lamp's colour must leave at most
WHOLE = 0.97  # share of the features that are found where nothing is mirrored


def examine(
    products: list[Path],
    picture: Path,
    networks: Networks,
    check: Callable[[str, float], None],
    grade: str = "",
    masks: Sequence[Path | None] = (),
    *,
    worn: bool = False,
) -> dict[str, Any]:
    """Return the report on `picture`: a verdict, one entry a product, and the heat map.

    `grade` is what this engine told of a picture of its own, else ""; its style is taken off.
    `masks` say what of a product's photo is meant, where somebody painted it. `worn` says that
    somebody was to wear them: what only falls in another way is no change then.
    A product photo that can't be cut out is "could not tell". Raises EngineFault if the picture
    itself can't be read, or Cancelled out of `check`.
    """
    scene = photos.read(picture, SCENE if len(products) == 1 else SEVERAL).rgb
    style, coloured = read(grade)
    if style:
        scene = undeveloped(scene, style)
    heat = Heat(np.zeros(scene.shape[:2], np.float32))
    look = partial(check, "Comparing with the product photo", 0.0)
    several = windows.apart(scene, len(products), networks, look)
    each: list[Found] = []
    for index, path in enumerate(products):
        part = index / len(products)
        check("Comparing with the product photo", part)
        try:
            shot = photos.read(path, PRODUCT)
            mask = masks[index] if index < len(masks) else None
            cutout = cut_as(shot, mask, networks, partial(check, "Cutting out the product", part))
        except EngineFault:
            each.append(Found(verdict.UNKNOWN, [verdict.UNCUT]))
            continue
        product = Product.of(shot, cutout)
        one = compared(product, scene, heat, several, coloured=coloured, style=style)
        one = verdict.seen_through(one, float(product.clear.mean()))
        each.append(verdict.on_a_person(one) if worn else one)
    return {
        "verdict": verdict.whole([one.verdict for one in each]),
        "products": [asdict(one) for one in each],
        "heat": heat.packed(),
        "method": verdict.METHOD,
    }


@dataclass(frozen=True)
class Product:
    """A product cropped to its silhouette, `enlarged` by so much, and the photo around it.

    `clear` is where other things show through its cloth: there, and along it, nothing is judged.
    """

    colour: Image
    mask: Mask
    photo: Image
    ground: Mask
    clear: Mask
    enlarged: float = 1.0

    @classmethod
    def of(cls, shot: photos.Photo, cutout: Cutout) -> "Product":
        """Return the product that was cut out of `shot`, `PRODUCT` pixels long."""
        colour, alpha = cutout.colour, cutout.alpha
        left, top, right, bottom = bounds(alpha, 0.5)
        crop = alpha[top:bottom, left:right]
        soft = feathered(colour[top:bottom, left:right], crop, max(2.0, 0.01 * max(crop.shape)))
        ground = 1 - grown((alpha > 0.05).astype(np.uint8), 4)
        if shot.alpha is not None:
            ground = np.zeros_like(ground)  # a cut-out has no surroundings to tell the light by
        clear = clear_of(alpha, cutout.sheer)[top:bottom, left:right]
        return cls(soft, (crop > 0.5).astype(np.uint8), shot.rgb, ground, clear)

    def mirrored(self) -> "Product":
        """Return the product as a mirror shows it."""
        flip = np.ascontiguousarray
        return Product(
            flip(self.colour[:, ::-1]), flip(self.mask[:, ::-1]), self.photo, self.ground,
            flip(self.clear[:, ::-1]),
        )  # fmt: skip

    def scaled(self, scale: float) -> "Product":
        """Return the product at another size."""
        height, width = self.mask.shape
        size = max(8, round(width * scale)), max(8, round(height * scale))
        mask = (resized(self.mask.astype(np.float32), *size) > 0.5).astype(np.uint8)
        clear = (resized(self.clear.astype(np.float32), *size) > 0.2).astype(np.uint8)
        return Product(resized(self.colour, *size), mask, self.photo, self.ground, clear, scale)


def compared(
    product: Product,
    scene: Image,
    heat: Heat,
    several: Apart = ALONE,
    *,
    coloured: bool = True,
    style: str = "",
) -> Found:
    """Find one product in the picture, measure what became of it, and add to the heat map.

    `several` is where in the picture it may stand among others. `coloured` says that the light in
    the picture may have a colour of its own, `style` which of ours was taken off it.
    """
    keys = placing.features(scene, None, 3000)
    place = placing.by_features(product.colour, product.mask, keys)
    if place is None:
        place = windows.looked_for(product.colour, product.mask, several.parts)
    chances = placing.likely(product.colour, product.mask, scene)
    if place is None:
        matrix, score = placing.by_shape(product.mask, chances)
        if matrix is None or score < verdict.SHAPE:
            seen = evidence(product.colour, product.mask, scene, keys, chances, score)
            absent = verdict.absent(seen)
            return absent if several.all_told else verdict.unsure(absent)
        place = placing.Placement(registration.settled(product.mask, chances, matrix), 0, 0)
    if place.mirrored:
        product = product.mirrored()
    scale = float(np.sqrt(abs(np.linalg.det(place.matrix[:, :2]))))
    sized = product.scaled(min(1.5, scale))
    matrix = place.matrix.copy()
    matrix[:, 0] *= product.mask.shape[1] / sized.mask.shape[1]
    matrix[:, 1] *= product.mask.shape[0] / sized.mask.shape[0]
    grey, level = (cv2.GaussianBlur(luma(one), (0, 0), 1.2) for one in (sized.colour, scene))
    settle = registration.refined if place.matched else registration.registered
    matrix = settle(grey, sized.mask.astype(np.float32), level, matrix)
    return _measured(sized, scene, matrix, place, heat, coloured, style)


def _measured(
    product: Product,
    scene: Image,
    matrix: NDArray[Any],
    place: placing.Placement,
    heat: Heat,
    coloured: bool,
    style: str,
) -> Found:
    size = scene.shape[1], scene.shape[0]
    alpha = cv2.warpAffine(product.mask.astype(np.float32), matrix, size)
    mask = (alpha > 0.5).astype(np.uint8)
    whole = float(product.mask.sum()) * abs(float(np.linalg.det(matrix[:, :2])))
    extent = float(np.sqrt(max(1, int(mask.sum()))))
    if extent < verdict.LEAST:
        return Found(verdict.UNKNOWN, [verdict.SMALL])
    told: list[NDArray[Any]] = []
    if coloured:
        around = (1 - grown(mask, max(3, round(0.08 * extent)))).astype(np.uint8)
        told = casts_around(product.photo, product.ground, scene, around)
    # From here on only the picture around the product is looked at.
    left, top, right, bottom = _around(mask, round(0.2 * extent))
    window = slice(top, bottom), slice(left, right)
    near = matrix - np.array([[0, 0, left], [0, 0, top]])
    found = replace(
        _figures(product, scene[window], near, mask[window], told, heat.plane[window], style),
        extent=round(extent, 1),
        place=[round(float(v), 4) for v in _corners(product.mask, matrix, size)],
    )
    found = replace(found, mirrored=found.mirrored or place.mirrored)
    return verdict.judged(found, float(mask.sum()) / max(1.0, whole))


def _figures(
    product: Product,
    scene: Image,
    matrix: NDArray[Any],
    mask: Mask,
    told: list[NDArray[Any]],
    heat: Plane,
    style: str,
) -> Found:
    """Return what became of a product whose mask in the scene is known; heat is added in place.

    `told` are the casts that the surroundings may tell, `style` the one that was taken off.
    """
    size = scene.shape[1], scene.shape[0]
    border = cv2.BORDER_REPLICATE
    warped = cv2.warpAffine(product.colour, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border)
    inside = shrunk(mask, max(1, round(0.012 * np.sqrt(int(mask.sum())))))
    clear = cv2.warpAffine(product.clear, matrix, size)
    inside &= 1 - clear
    relit, light, far, values = _best_lit(warped, scene, mask, inside, told)
    spots = parts(relit, scene, inside, grain_of(scene, style, DENOISED), product.enlarged)
    edge = outline(scene, mask, evenly_lit(warped, light), clear)
    np.maximum(heat, drawn(far, inside, spots, edge), out=heat)
    points, alike = placing.kept(relit, scene, mask)
    return Found(
        verdict="",
        reasons=[],
        colour_median=round(float(np.median(values)), 2),
        colour_p95=round(float(np.percentile(values, 95)), 2),
        brightness=light.brightness,
        cast=[round(value, 3) for value in light.cast],
        points=points,
        matched=alike,
        mirrored=_turned_print(product, scene, mask, points, alike),
        print_match=round(alike / points, 3) if points >= verdict.PRINTED else None,
        outline_overlap=round(edge.overlap, 3) if edge.told else None,
        outline_change=round(edge.change, 4) if edge.told else None,
        missing=round(spots.missing_share, 4),
        added=round(spots.added_share, 4),
    )


def _best_lit(
    warped: Image, scene: Image, mask: Mask, inside: Mask, told: list[NDArray[Any]]
) -> tuple[Image, Light, Plane, NDArray[Any]]:
    """Return the product in white light, or in a coloured one that surroundings confirm."""
    sigma = 0.07 * float(np.sqrt(int(mask.sum())))
    plain = _lit(warped, scene, inside, sigma, NO_CAST)
    usable = _usable(scene, inside)
    own = cast_on(warped, scene, usable)
    soft = [cv2.GaussianBlur(each, (0, 0), 1.5) for each in (warped, scene)]
    if not plausible(own, told) or not even(soft[0], soft[1], usable, own):
        return plain
    other = _lit(warped, scene, inside, sigma, own)
    # Light explains a change of every colour of the product, or it is none.
    explained = np.percentile(other[3], 80) < EXPLAINED * np.percentile(plain[3], 80)
    return other if explained else plain


def _around(mask: Mask, margin: int) -> tuple[int, int, int, int]:
    """Return the box of a mask with a margin, within the frame."""
    left, top, right, bottom = bounds(mask.astype(np.float32))
    height, width = mask.shape
    return (
        max(0, left - margin),
        max(0, top - margin),
        min(width, right + margin),
        min(height, bottom + margin),
    )


def _lit(
    warped: Image, scene: Image, inside: Mask, sigma: float, cast: NDArray[Any]
) -> tuple[Image, Light, Plane, NDArray[Any]]:
    """Return the product in the scene's light if it has this cast, and how far it lies off."""
    weight = inside.astype(np.float32)
    relit, light = relit_like(warped, scene, weight, sigma, cast.astype(np.float32))
    far = _differences(relit, scene, inside)
    return relit, light, far, far[_usable(scene, inside)]


def _usable(scene: Image, inside: Mask) -> NDArray[np.bool_]:
    """Return where the product shows colour: not run into white or black, if there is enough."""
    usable = (inside > 0) & (scene.max(axis=2) < 253) & (scene.max(axis=2) > 8)
    return np.asarray(usable if int(usable.sum()) > 50 else inside > 0)


def _differences(one: Image, two: Image, inside: Mask) -> Plane:
    """Return CIEDE2000 pixel by pixel, after a blur that takes grain and half pixels away.

    A channel of `two`, the picture, that ran into white tells nothing: the others are compared.
    """
    told = np.where(two > 254.5, one, two)
    soft = [to_lab(cv2.GaussianBlur(each, (0, 0), 1.5))[inside > 0] for each in (one, told)]
    far = np.zeros(inside.shape, np.float32)
    far[inside > 0] = ciede2000(soft[0], soft[1])
    return far


def _turned_print(product: Product, scene: Image, mask: Mask, points: int, alike: int) -> bool:
    """Say whether more of the product's mirror image is found than of the product (`alike`).

    Where nearly all of it is found at its place, nothing can be mirrored.
    """
    if alike >= WHOLE * points:
        return False
    flipped = product.mirrored()
    other = placing.features(flipped.colour, flipped.mask)
    within = placing.features(scene, grown(mask, 4), 3000)
    _, turned = placing.modelled(*placing.matched(other, within))
    return turned >= placing.ENOUGH and turned > alike


def _corners(mask: Mask, matrix: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    height, width = mask.shape
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    found = cv2.transform(corners, matrix)[0] / np.array(size, np.float64)
    return np.asarray(found, np.float64).ravel()
