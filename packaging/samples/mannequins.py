"""Mannequins rendered from round cones: people to dress with no photo, whose joints are known.

Run from the folder above: ``python -m samples.mannequins``. Beside each photo the engine gets the
figure's outline and joints, so that it needs no network to dress it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
PHOTOS = ROOT / "resources" / "samples" / "people"
ANATOMY = ROOT / "resources" / "engine" / "mannequins"

WIDTH, HEIGHT = 900, 1800
MIDDLE = WIDTH / 2
# Shares of the sizes below, from the crown down; eight heads make the figure (Loomis 1943).
CROWN, CHIN, SHOULDER, WAIST, HIP, KNEE, ANKLE, SOLE = 60, 286, 388, 690, 862, 1246, 1648, 1752
ELBOW, WRIST, TIP = 640, 862, 985
LIGHT = np.array([-0.42, -0.55, 0.72])


@dataclass(frozen=True)
class Build:
    """Half widths in pixels; `tone` is the colour of the shell (sRGB)."""

    name: str
    title: str
    shoulder: float
    chest: float
    waist: float
    hip: float
    limb: float
    tone: tuple[int, int, int]


BUILDS = (
    Build("mannequin-narrow", "Mannequin, narrow", 138, 136, 104, 142, 0.92, (226, 220, 212)),
    Build("mannequin-broad", "Mannequin, broad", 164, 162, 132, 142, 1.08, (206, 203, 200)),
    Build("mannequin-dark", "Mannequin, dark", 146, 144, 112, 146, 0.98, (74, 70, 68)),
)


def joints(build: Build) -> dict[str, tuple[float, float]]:
    """Return the joints at the picture's right, mirrored about the middle for the other side."""
    reach = build.shoulder
    return {
        "shoulder": (reach * 0.9, SHOULDER + 32),
        "elbow": (reach + 72, ELBOW),
        "wrist": (reach + 112, WRIST),
        "tip": (reach + 124, TIP),
        "hip": (build.hip * 0.56, HIP),
        "knee": (build.hip * 0.60, KNEE),
        "ankle": (build.hip * 0.58, ANKLE),
        "toe": (build.hip * 0.58 + 22, SOLE - 26),
    }


def rendered(build: Build) -> NDArray[Any]:
    """Return the figure as H x W x 4, uint8, straight alpha."""
    y, x = np.mgrid[0 : 2 * HEIGHT, 0 : 2 * WIDTH].astype(np.float32) / 2
    x = x - MIDDLE
    height = np.maximum.reduce([_torso(build, x, y), _head(x, y)])
    at, limb = joints(build), build.limb
    for side in (-1.0, 1.0):
        place = {name: (side * px, py) for name, (px, py) in at.items()}
        for start, end, one, two in (
            ("shoulder", "elbow", 50, 39), ("elbow", "wrist", 39, 25), ("wrist", "tip", 27, 15),
            ("hip", "knee", 78, 54), ("knee", "ankle", 56, 31), ("ankle", "toe", 34, 27),
        ):  # fmt: skip
            cone = _cone(x, y, place[start], place[end], one * limb, two * limb)
            height = _joined(height, cone, 24.0)
    coverage = np.clip(height / 6.0, 0, 1)
    shade = _shaded(np.maximum(height, 0), build.tone)
    alpha = cv2.resize(coverage, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    weighed = cv2.resize(shade * coverage[..., None], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    colour = weighed / np.maximum(alpha[..., None], 1e-3)
    return np.clip(np.dstack([colour, alpha * 255]) + 0.5, 0, 255).astype(np.uint8)


def _torso(build: Build, x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """Return the trunk: an ellipse in every row, from the neck to the crotch."""
    rows = [CHIN - 30, CHIN + 34, SHOULDER - 34, SHOULDER - 8, SHOULDER + 40, 520, WAIST, HIP - 20,
            HIP + 60, HIP + 110]  # fmt: skip
    wide = [44, 46, 76, build.shoulder, build.shoulder * 1.02, build.chest * 0.96, build.waist,
            build.hip, build.hip * 0.94, build.hip * 0.6]  # fmt: skip
    deep = [44, 44, 52, 62, 82, 98, 78, 92, 84, 40]
    level = np.arange(HEIGHT, dtype=np.float64)
    soft = [
        cv2.GaussianBlur(np.interp(level, rows, one)[:, None].astype(np.float32), (1, 61), 13)[:, 0]
        for one in (wide, deep)
    ]
    place = np.clip(y[:, 0], 0, HEIGHT - 1)
    half, depth = (np.interp(place, level, one)[:, None].astype(np.float32) for one in soft)
    inside = 1 - np.square(x / half)
    within = (y > CHIN - 30) & (y < HIP + 108)
    return np.where(within, depth * np.sign(inside) * np.sqrt(np.abs(inside)), -60).astype(
        np.float32
    )


def _head(x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """Return an egg without a face."""
    middle, tall = (CROWN + CHIN) / 2 - 6, (CHIN - CROWN) / 2
    wide = 84 - 20 * np.clip((y - middle) / tall, 0, 1) ** 2
    inside = 1 - np.square(x / wide) - np.square((y - middle) / tall)
    return (92 * np.sign(inside) * np.sqrt(np.abs(inside))).astype(np.float32)


def _cone(
    x: NDArray[Any],
    y: NDArray[Any],
    start: tuple[float, float],
    end: tuple[float, float],
    one: float,
    two: float,
) -> NDArray[Any]:
    """Return a rounded cone between two joints; negative outside."""
    ax, ay = end[0] - start[0], end[1] - start[1]
    along = np.clip(((x - start[0]) * ax + (y - start[1]) * ay) / (ax * ax + ay * ay), 0, 1)
    away = np.hypot(x - start[0] - along * ax, y - start[1] - along * ay)
    radius = one + (two - one) * along
    inside = np.square(radius) - np.square(away)
    return (np.sign(inside) * np.sqrt(np.abs(inside))).astype(np.float32)


def _joined(one: NDArray[Any], two: NDArray[Any], soft: float) -> NDArray[Any]:
    """Return a smooth maximum (polynomial, Quilez 2013)."""
    share = np.clip(0.5 + 0.5 * (one - two) / soft, 0, 1)
    return (two + (one - two) * share + soft * share * (1 - share) * 0.5).astype(np.float32)


def _shaded(height: NDArray[Any], tone: tuple[int, int, int]) -> NDArray[Any]:
    """Light the shell: a broad key from the upper left, a weak fill, a sheen, darker rims."""
    form = cv2.GaussianBlur(height, (0, 0), 3.0)
    dx, dy = cv2.Sobel(form, cv2.CV_32F, 1, 0) / 4, cv2.Sobel(form, cv2.CV_32F, 0, 1) / 4
    normal = np.dstack([-dx, -dy, np.ones_like(dx)])
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    key = np.clip(normal @ (LIGHT / np.linalg.norm(LIGHT)), 0, 1)
    fill = np.clip(normal @ np.array([0.7, -0.1, 0.7]), 0, 1)
    sheen = key**24
    level = 0.34 + 0.52 * key + 0.16 * fill + 0.06 * normal[..., 2]
    return np.clip(np.array(tone) * level[..., None] + 26 * sheen[..., None], 0, 255).astype(
        np.float32
    )


def landmarks(build: Build) -> list[list[float]]:
    """Return BlazePose's 33 landmarks as shares of the picture's width and height.

    The figure faces us, so its left side (odd numbers) is at the picture's right.
    """
    at = joints(build)
    face = [(0, 178), *((side * dx, 150) for side in (1, -1) for dx in (18, 30, 42)), (76, 165),
            (-76, 165), (22, 226), (-22, 226)]  # fmt: skip
    limbs = ("shoulder", "elbow", "wrist", "tip", "tip", "tip", "hip", "knee", "ankle", "ankle",
             "toe")  # fmt: skip
    body = [(side * at[name][0], at[name][1]) for name in limbs for side in (1, -1)]
    return [[round((px + MIDDLE) / WIDTH, 4), round(py / HEIGHT, 4)] for px, py in (*face, *body)]


def photographed(figure: NDArray[Any]) -> NDArray[Any]:
    """Return the figure in front of a pale sweep, with a soft shadow at its feet: uint8."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    ground = np.full((HEIGHT, WIDTH, 3), (214, 216, 219), np.float32)
    ground *= (1.04 - 0.10 * y / HEIGHT)[..., None]
    pool = np.exp(-np.square((x - MIDDLE) / 210) - np.square((y - SOLE + 16) / 22))
    ground *= (1 - 0.34 * pool)[..., None]
    alpha = figure[..., 3:].astype(np.float32) / 255
    return np.clip(ground + (figure[..., :3] - ground) * alpha + 0.5, 0, 255).astype(np.uint8)


def main() -> None:
    """Write photos, outlines and the table of joints."""
    ANATOMY.mkdir(parents=True, exist_ok=True)
    table = {}
    for build in BUILDS:
        figure = rendered(build)
        photo = PHOTOS / f"{build.name}.jpg"
        Image.fromarray(photographed(figure)).save(photo, "JPEG", quality=90, optimize=True)
        Image.fromarray(figure[..., 3]).save(ANATOMY / f"{build.name}.png", optimize=True)
        table[hashlib.sha256(photo.read_bytes()).hexdigest()] = {
            "outline": f"{build.name}.png",
            "chin": round(CHIN / HEIGHT, 4),
            "landmarks": landmarks(build),
        }
    (ANATOMY / "mannequins.json").write_text(json.dumps(table, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
