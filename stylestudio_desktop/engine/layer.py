"""A product in its place: cut from its photo, and resampled once into any rows of the picture."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.edges import feathered
from stylestudio_desktop.engine.filters import Image, Plane, bounds
from stylestudio_desktop.engine.layout import Place


@dataclass(frozen=True)
class Subject:
    """A product cropped to its silhouette, with colours continued beyond the edge.

    `kind` is one of order.KINDS but auto.
    """

    colour: Image
    alpha: Plane
    kind: str = "other"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.alpha.shape[1], self.alpha.shape[0]

    @property
    def mean(self) -> NDArray[Any]:
        """The mean colour of the product."""
        total = float(self.alpha.sum()) + 1e-6
        weighed = (self.colour * self.alpha[..., None]).sum(axis=(0, 1))
        return np.asarray(weighed / total, np.float32)


@dataclass(frozen=True)
class Layer:
    """A product in its place on the canvas; `gain` is what the light does to its pixels."""

    subject: Subject
    place: Place
    gain: Plane | None = None


def subject(cutout: Cutout, kind: str = "other") -> Subject:
    """Crop a cut-out to what is seen of it."""
    left, top, right, bottom = bounds(cutout.alpha, 0.1)
    alpha = cutout.alpha[top:bottom, left:right]
    colour = cutout.colour[top:bottom, left:right]
    colour = feathered(colour, alpha, max(2.0, 0.01 * max(alpha.shape)))
    # One clear pixel around, so that resampling fades the outline where the photo cut it.
    alpha = cv2.copyMakeBorder(alpha, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return Subject(cv2.copyMakeBorder(colour, 1, 1, 1, 1, cv2.BORDER_REPLICATE), alpha, kind)


def rows(
    layer: Layer, frame: tuple[int, int], size: tuple[int, int], first: int, count: int
) -> tuple[Image, Plane]:
    """Return colour and alpha of a product in rows `first` to `first + count` of the picture.

    The photo is resampled once. `frame` is the canvas to which the place belongs, `size` the
    picture's; the layer is one that `fitted` gave for it.
    """
    each, place = layer.subject, layer.place
    grow = size[0] / frame[0]
    scale = place.height * grow / each.size[1]
    middle = (place.x + 0.5) * grow - 0.5, (place.y + 0.5) * size[1] / frame[1] - 0.5
    half = 0.55 * float(np.hypot(*each.size)) * scale
    if middle[1] + half < first or middle[1] - half > first + count:
        return np.zeros((count, size[0], 3), np.float32), np.zeros((count, size[0]), np.float32)
    target = size[0], count
    matrix = _matrix(each.alpha.shape, scale, place.turn, (middle[0], middle[1] - first))
    mask = cv2.warpAffine(each.alpha, matrix, target, flags=cv2.INTER_LINEAR)
    turned = cv2.warpAffine(
        each.colour, matrix, target, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    if layer.gain is not None:
        stretch = place.height * grow / layer.gain.shape[0]
        lit = _matrix(layer.gain.shape, stretch, place.turn, (middle[0], middle[1] - first))
        gain = cv2.warpAffine(
            layer.gain, lit, target, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        turned = turned * gain[..., None]
    return np.clip(turned, 0, 255), np.clip(mask, 0, 1)


def fitted(layer: Layer, frame: tuple[int, int], size: tuple[int, int]) -> Layer:
    """Return the product blurred as shrinking it to `size` asks, so that stripes don't alias."""
    each = layer.subject
    scale = layer.place.height * size[0] / frame[0] / each.size[1]
    if scale >= 0.75:
        return layer
    sigma = 0.42 / scale
    colour = cv2.GaussianBlur(each.colour, (0, 0), sigma)
    alpha = cv2.GaussianBlur(each.alpha, (0, 0), 0.8 * sigma, borderType=cv2.BORDER_CONSTANT)
    return replace(layer, subject=replace(each, colour=colour, alpha=alpha))


def _matrix(
    shape: tuple[int, ...], scale: float, turn: float, middle: tuple[float, float]
) -> NDArray[Any]:
    angle = np.deg2rad(turn)
    cosine, sine = float(np.cos(angle)) * scale, float(np.sin(angle)) * scale
    x, y = (shape[1] - 1) / 2, (shape[0] - 1) / 2
    return np.array(
        [
            [cosine, -sine, middle[0] - cosine * x + sine * y],
            [sine, cosine, middle[1] - sine * x - cosine * y],
        ],
        np.float32,
    )
