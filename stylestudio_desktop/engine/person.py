"""Reads a photo of a person: outline, hair, skin and clothes, and where the joints are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine import mannequins
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import (
    Image,
    Mask,
    Plane,
    bounds,
    grown,
    guided,
    largest,
    luma,
    masked_blur,
    shrunk,
)
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.photo import Photo

GROUND, HAIR, SKIN, FACE, CLOTHES, OTHER = range(6)  # planes of the parts network
# Landmarks of BlazePose, by side: shoulder, elbow, wrist, hip, knee, ankle.
RIGHT_SIDE, LEFT_SIDE = (12, 14, 16, 24, 26, 28), (11, 13, 15, 23, 25, 27)
MOUTH = (9, 10)
OTHERS, LEAST_FACE = 0.15, 0.005  # of the person: somebody else; of that: a face
# What makes a cut-out a person: skin, hair or a face along its outline (0.06 and more on 23 of 26
# photos of people; of 68 of products 0.12 and 0.07 on a bag, 0.6 on a dotted tee, else 0.001, also
# with a face printed on), and a face (portraits 0.09; these three 0) or a pose (0.73; these 0.13).
RIMMED, RIM, FACED, POSED = 0.04, 0.02, 0.05, 0.7
# In other views: 0.04 on a dress on a hanger (to 0.6 on bags and dots, without face and pose).
UPPER, NEARER = 0.56, 0.06
SMALL, COLOURLESS = 320, 1.0  # pixels of the longer side, and levels: who is looked at so
HINTED = 0.025  # of a face in a grey photo besides the pose: a hood looks like hair there, 0.02
# Mean spread of a photo's channels without colour, and a tint.
GREY, SEPIA = 4.0, (1.25, 0.97, 0.78)
NAKED = 0.01  # share of a figure in clothes, under which it wears none


@dataclass(frozen=True)
class Person:
    """A person in a photo, all in pixels of `rgb`.

    `alpha` is the outline, `parts` six planes that sum to about 1 (GROUND to OTHER), `points` 33
    landmarks (x, y), `seen` how sure each is, `metric` the same in metres round the hips, `score`
    how sure it is that there is a person at all, `company` whether somebody else stands apart.
    """

    rgb: Image
    alpha: Plane
    parts: NDArray[Any]
    points: NDArray[Any]
    seen: NDArray[Any]
    metric: NDArray[Any]
    score: float
    company: bool = False

    @property
    def sides(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Landmark numbers of both sides, the one at the left of the picture first."""
        facing = self.points[12, 0] < self.points[11, 0]
        return (RIGHT_SIDE, LEFT_SIDE) if facing else (LEFT_SIDE, RIGHT_SIDE)

    @property
    def shoulders(self) -> NDArray[Any]:
        """The point between the shoulder joints."""
        return np.asarray((self.points[11] + self.points[12]) / 2)

    @property
    def hips(self) -> NDArray[Any]:
        """The point between the hip joints."""
        return np.asarray((self.points[23] + self.points[24]) / 2)

    @property
    def half(self) -> float:
        """Half the distance between the shoulder joints: the unit of all body measures."""
        return float(np.hypot(*(self.points[11] - self.points[12]))) / 2

    @property
    def naked(self) -> bool:
        """Whether the figure wears nothing, as a mannequin."""
        worn = float(((self.parts[CLOTHES] + self.parts[OTHER]) * self.alpha).sum())
        return worn < NAKED * float(self.alpha.sum())

    @property
    def torso(self) -> float:
        """The length from shoulders to hips."""
        return max(1.0, float(np.hypot(*(self.hips - self.shoulders))))

    @property
    def up(self) -> NDArray[Any]:
        """The unit vector from hips to shoulders."""
        return np.asarray((self.shoulders - self.hips) / self.torso)

    @property
    def right(self) -> NDArray[Any]:
        """The unit vector across the body toward the picture's right."""
        across = np.array([-self.up[1], self.up[0]])
        return across if across[0] > 0 else -across

    def height_of(self, points: NDArray[Any]) -> NDArray[Any]:
        """Return where points lie along the torso: 0 at the shoulders, 1 at the hips."""
        return np.asarray((points - self.shoulders) @ -self.up / self.torso)

    def cropped(self, left: int, top: int, right: int, bottom: int) -> "Person":
        """Return the part of the photo inside a box."""
        window = slice(top, bottom), slice(left, right)
        return replace(
            self,
            rgb=self.rgb[window],
            alpha=self.alpha[window],
            parts=self.parts[:, top:bottom, left:right],
            points=self.points - np.array([left, top], np.float32),
        )


def read_person(
    photo: Photo, networks: Networks, check: Callable[[], None], *, swift: bool = False
) -> Person:
    """Read the one person in `photo`; raise EngineFault when there is none to be found.

    `swift` finds the outline less closely, for a draft. Who was read is kept for the next picture
    of a photo that came from a file.
    """
    looked = partial(_read, photo, networks, check, swift=swift)
    key = "person", photo.digest, photo.rgb.shape, swift
    return networks.kept.of(key, looked) if photo.digest else looked()


def _read(photo: Photo, networks: Networks, check: Callable[[], None], *, swift: bool) -> Person:
    known = figure(photo)
    if known is not None:
        return known
    rgb = photo.rgb
    alpha = networks.matte(rgb, swift=swift)
    check()
    body = largest((alpha > 0.5).astype(np.uint8))
    if float(body.mean()) < 0.01:
        raise EngineFault(
            "input", f"No person was found in {photo.name}. Nothing was charged; choose another."
        )
    company = _stands_apart(rgb, alpha, body, networks)
    check()
    alpha = np.where(grown(body, 9) > 0, alpha, 0).astype(np.float32)
    box = _padded(bounds(body.astype(np.float32)), rgb.shape)
    parts = _parts(rgb, box, networks)
    check()
    points, seen, score, metric = _pose(rgb, bounds(body.astype(np.float32)), networks)
    check()
    return Person(rgb, alpha, parts, points, seen, metric, score, company)


def _stands_apart(rgb: Image, alpha: Plane, body: Mask, networks: Networks) -> bool:
    """Say whether there is a face in what is seen beside the one `body`: a thing has none."""
    other = largest(((alpha > 0.5) & (grown(body, 9) == 0)).astype(np.uint8))
    if float(other.sum()) < OTHERS * float(body.sum()):
        return False
    parts = _parts(rgb, _padded(bounds(other.astype(np.float32)), rgb.shape), networks)
    face = (parts[FACE] > 0.5) & (other > 0)
    return float(face.sum()) > LEAST_FACE * float(other.sum())


def figure(photo: Photo) -> Person | None:
    """Return the mannequin in `photo` if it is one of ours, whose anatomy needs no network."""
    anatomy = mannequins.known(photo.digest)
    if anatomy is None:
        return None
    height, width = photo.rgb.shape[:2]
    alpha = mannequins.outline(anatomy, width, height)
    parts = np.zeros((6, height, width), np.float32)
    face = np.arange(height) < anatomy.chin * height
    parts[FACE], parts[SKIN] = alpha * face[:, None], alpha * (1 - face)[:, None]
    parts[GROUND] = 1 - alpha
    points = np.array(anatomy.landmarks, np.float32) * (width, height)
    metric = np.zeros((33, 3), np.float32)
    metric[:, :2] = (points - (points[23] + points[24]) / 2) / height * mannequins.TALL_M
    # Its soft outline holds the photo's pale ground, which would line it before a dark backdrop.
    solid = (alpha > 0.97).astype(np.float32)
    edge = (alpha > 0) & (solid == 0)
    rgb = np.where(edge[..., None], masked_blur(photo.rgb, solid, 2.0), photo.rgb)
    rgb = rgb.astype(np.float32)
    return Person(rgb, alpha, parts, points, np.ones(33, np.float32), metric, 1.0)


def shows_person(rgb: Image, alpha: Plane, networks: Networks) -> bool:
    """Say whether what was cut out is a person: body along its outline, and a face or a pose.

    A face that is printed on a garment has cloth all round. Without the networks for people
    nothing is a person. Who is narrow, small or grey in the photo is seen from closer to only.
    """
    if not networks.has("pose_landmark", "selfie_multiclass"):
        return False
    box = bounds(alpha)
    mask = (alpha > 0.5).astype(np.uint8)
    rim = mask - _inner(mask, max(2, round(RIM * max(box[2] - box[0], box[3] - box[1]))))
    window = rgb[box[1] : box[3], box[0] : box[2]]
    spread = float(np.ptp(window, axis=2).mean())
    grey, large = spread < GREY, max(box[2] - box[0], box[3] - box[1]) > SMALL
    views = _views(_padded(box, rgb.shape), rgb.shape)
    if large and spread > COLOURLESS:  # there the first look tells, and each takes its time
        views = views[:1]
    posed: bool | None = None
    for view, least in views:
        bodily, faced = _bodily(rgb, mask, rim, view, networks)
        if bodily < least:
            continue
        unsure = grey and least == NEARER
        if unsure and faced < HINTED:
            continue
        if faced > FACED and not unsure:
            return True
        posed = _pose(rgb, box, networks)[2] > POSED if posed is None else posed
        if posed:
            return True
    return False


def _inner(mask: Mask, width: int) -> Mask:
    """Return a mask without a rim of that width, along the photo's edge too."""
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return shrunk(framed.astype(np.uint8), width)[1:-1, 1:-1]


def _views(
    box: tuple[int, int, int, int], shape: tuple[int, ...]
) -> list[tuple[tuple[int, int, int, int], float]]:
    """Return how a figure is looked at, and how much body along its outline tells there.

    Whole; then its upper half, both again in squares, in which nothing is squeezed, and the photo.
    """
    left, top, right, bottom = box
    upper = left, top, right, top + int(UPPER * (bottom - top))
    photo = 0, 0, shape[1], shape[0]
    others = upper, _square(upper, shape), _square(box, shape), photo
    return [(box, RIMMED), *((each, NEARER) for each in others)]


def _square(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Return the square round the middle of a box, as far as the photo goes."""
    left, top, right, bottom = box
    half, x, y = max(right - left, bottom - top) / 2, (left + right) / 2, (top + bottom) / 2
    return (
        max(0, round(x - half)),
        max(0, round(y - half)),
        min(shape[1], round(x + half)),
        min(shape[0], round(y + half)),
    )


def _bodily(
    rgb: Image, mask: Mask, rim: Mask, box: tuple[int, int, int, int], networks: Networks
) -> tuple[float, float]:
    """Return how much of an outline within a box is body, and how much of what is in it a face.

    Skin is hardly seen in a grey photo; tinted warm it is.
    """
    window = slice(box[1], box[3]), slice(box[0], box[2])
    shown, inside, edge = rgb[window], mask[window], rim[window] > 0
    if float(np.ptp(shown, axis=2).mean()) < GREY:
        shown = np.clip(shown * np.array(SEPIA, np.float32), 0, 255)
    parts = networks.parts(np.ascontiguousarray(shown)) * inside
    body = parts[[HAIR, SKIN, FACE]].max(axis=0) > 0.5
    return (
        float(body[edge].sum()) / max(1, int(edge.sum())),
        float((parts[FACE] > 0.5).sum()) / max(1, int(inside.sum())),
    )


def others_in(alpha: Plane) -> bool:
    """Say whether a second outline is large enough to be another person."""
    mask = (alpha > 0.5).astype(np.uint8)
    rest = mask & (1 - grown(largest(mask), 3))
    return float(rest.sum()) > 0.2 * float(mask.sum())


def other_faces_in(face: Plane) -> bool:
    """Say whether a second patch of face is large enough to be another person's."""
    mask = (face > 0.5).astype(np.uint8)
    rest = largest((mask & (1 - grown(largest(mask), 3))).astype(np.uint8))
    return float(rest.sum()) > 0.10 * float(mask.sum()) > 0


def _padded(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    pad_x, pad_y = int(0.08 * (right - left)), int(0.04 * (bottom - top))
    return (
        max(0, left - pad_x),
        max(0, top - pad_y),
        min(shape[1], right + pad_x),
        min(shape[0], bottom + pad_y),
    )


def _parts(rgb: Image, box: tuple[int, int, int, int], networks: Networks) -> NDArray[Any]:
    """Parse the whole figure, then its upper half again, closer, and fit both to the edges."""
    height, width = rgb.shape[:2]
    left, top, right, bottom = box
    planes = np.zeros((6, height, width), np.float32)
    planes[GROUND] = 1
    planes[:, top:bottom, left:right] = networks.parts(rgb[top:bottom, left:right])
    middle = top + int(0.56 * (bottom - top))
    near = networks.parts(rgb[top:middle, left:right])
    fade = np.clip(np.linspace(4, 0, middle - top, dtype=np.float32), 0, 1)[None, :, None]
    upper = planes[:, top:middle, left:right]
    planes[:, top:middle, left:right] = upper + (near - upper) * fade
    level, radius = luma(rgb), max(2, round(0.004 * max(height, width)))
    fitted = np.stack([guided(level, plane, radius, 4e-4) for plane in planes])
    return np.asarray(fitted / (fitted.sum(axis=0) + 1e-6), np.float32)


def _pose(
    rgb: Image, box: tuple[int, int, int, int], networks: Networks
) -> tuple[NDArray[Any], NDArray[Any], float, NDArray[Any]]:
    """Find the landmarks in a square round the figure, three times, each from the last.

    The network's own two helper points (33, 34) give the next square's middle, size and turn.
    """
    left, top, right, bottom = box
    centre = np.array([(left + right) / 2, (top + bottom) / 2])
    size, angle = max(right - left, bottom - top) * 1.2, 0.0
    best: tuple[NDArray[Any], NDArray[Any], float, NDArray[Any]] | None = None
    for _ in range(3):
        cosine, sine = np.cos(angle) * size / 256, np.sin(angle) * size / 256
        matrix = np.array(
            [
                [cosine, -sine, centre[0] - 128 * cosine + 128 * sine],
                [sine, cosine, centre[1] - 128 * sine - 128 * cosine],
            ]
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        patch = cv2.warpAffine(rgb, matrix, (256, 256), flags=flags)
        rows, score, metric = networks.landmarks(patch)
        points = rows[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        seen = 1 / (1 + np.exp(-np.clip(rows[:, 3], -30, 30)))
        if best is None or score >= best[2] - 0.02:
            best = points[:33], seen[:33], score, metric[:33]
        centre, toward = points[33], points[34] - points[33]
        size, angle = 2.5 * float(np.hypot(*toward)), float(np.arctan2(toward[0], -toward[1]))
        size = float(np.clip(size, 64, 4 * max(rgb.shape)))
    if best is None:
        raise EngineFault("input", "No pose was found.")
    return best
