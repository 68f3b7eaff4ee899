"""Makes a picture of products in a background photo: placed, lit, shadowed and grained alike.

The plan is made on a small canvas, the same for every size; photo and products are then sampled
once at the picture's own size, band by band. Inside a product's mask the picture differs from the
product's photo by the scene's light, grain and softness and by the style's grade only.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine import photo, props, relief
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import Image, Plane, over, resized
from stylestudio_desktop.engine.grade import BLOOMS, Development, eight_bits, scaled_rows
from stylestudio_desktop.engine.layer import Subject
from stylestudio_desktop.engine.light import reflected, shadowed
from stylestudio_desktop.engine.looks import LOOKS
from stylestudio_desktop.engine.measures import beside
from stylestudio_desktop.engine.scene import lamp, shade, texture
from stylestudio_desktop.engine.scene.camera import Camera
from stylestudio_desktop.engine.scene.placing import HOOK, Placed, cropped, placed
from stylestudio_desktop.engine.scene.reading import Scene
from stylestudio_desktop.engine.scene.sampling import Item, matched, softened, window
from stylestudio_desktop.engine.setting import Setting
from stylestudio_desktop.engine.stage import BAND, canvas_size

ROOM = 0.03  # of the photo's height, kept free above a standing product
LEAST_SHOWN = 0.09  # of the picture's longer side: a smaller product is no product picture
CUT_OFF = 0.02  # of a product that may lie outside of the picture
MODEL_SIDE = 512  # the size at which a product throws its shadow
Check = Callable[[], None]


def composed(
    scene: Scene,
    subjects: list[Subject],
    style: str,
    size: tuple[int, int],
    seed: int,
    *,
    setting: Setting,
    garment: str,
    check: Check,
) -> NDArray[Any]:
    """Return the picture of `subjects` in `scene`, in `size` (width, height), as eight bits.

    `seed` moves placement and grain a little. Raises EngineFault where a product does not fit
    (nothing is delivered then), and whatever `check` raises between steps.
    """
    frame = canvas_size(size)
    places, part, camera = planned(scene, subjects, size, seed)
    check()
    items = [
        Item(each, place.matrix, _lit(each, scene, style, setting))
        for each, place in zip(subjects, places, strict=True)
    ]
    drawn = [window(softened(each, 0.0), (0, 0, *frame)) for each in items]
    shadow = np.zeros((frame[1], frame[0]), np.float32)
    for (_, alpha), each, place in zip(drawn, items, places, strict=True):
        check()
        if scene.arrangement == "standing":
            thrown = shade.standing(alpha, _small(each.subject.alpha), place, camera, scene.lamp)
        else:
            away = 1.5 if scene.arrangement == "hung" else 0.8
            unit = place.wide * camera.scale(*place.foot)
            thrown = shade.flat(alpha, scene.lamp, style, 1.25 * unit, away)
        shadow = 1 - (1 - shadow) * (1 - thrown)
    check()
    kinds = [garment] if len(items) == 1 else [each.subject.kind for each in items]
    extras = _extras(scene, drawn, kinds, camera, frame, setting, style)
    if scene.arrangement == "hung":
        away = np.array([0.5, 0.62]) - np.array(scene.lamp.place)
        shadow = np.maximum(shadow, shade.behind(extras[1], scene.lamp, away * 0.03 * frame[0]))
    background = _background(scene, part, size)
    check()
    return _finished(
        background, shadow.astype(np.float32), extras, items, frame, size, style, seed, setting,
        check,
    )  # fmt: skip


def planned(
    scene: Scene, subjects: list[Subject], size: tuple[int, int], seed: int
) -> tuple[list[Placed], tuple[float, float, float, float], Camera]:
    """Place the products and crop the photo; shrink the products where they would not fit.

    Returns the places and the camera on the canvas, and the part of the planned photo (left, top,
    width, height). Raises EngineFault with a sentence where a product has no room.
    """
    rng = np.random.default_rng([seed, 31])
    photo_size = scene.rgb.shape[1], scene.rgb.shape[0]
    sizes = [each.size for each in subjects]
    state = rng.bit_generator.state
    larger = scene.larger
    for _ in range(3):
        rng.bit_generator.state = state
        room = ROOM * photo_size[1]
        places = placed(sizes, beside(subjects), scene.camera, scene.arrangement, larger, room, rng)
        boxes = np.array([each.box(one) for each, one in zip(places, sizes, strict=True)])
        box = (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
        part, shrink = cropped(photo_size, size, box, scene.arrangement)
        if shrink > 0.995:
            break
        larger *= 0.99 * shrink
    frame = canvas_size(size)
    grow = frame[0] / part[2]
    shift = -part[0] * grow, -part[1] * grow
    places = [each.moved(grow, shift) for each in places]
    _look_at(places, subjects, frame)
    return places, part, scene.camera.moved(grow, shift)


def _look_at(places: list[Placed], subjects: list[Subject], frame: tuple[int, int]) -> None:
    """Raise EngineFault where a product would be cut off or too small to be one."""
    for place, each in zip(places, subjects, strict=True):
        left, top, right, bottom = place.box(each.size)
        if not np.isfinite([left, top, right, bottom]).all():
            raise EngineFault("input", "The picked plane can't hold a product. Pick it anew.")
        if max(right - left, bottom - top) < LEAST_SHOWN * max(frame):
            raise EngineFault(
                "input",
                "The picked plane is so small that the product could hardly be seen. Nothing was "
                "charged. Pick a larger plane, or ask for a larger product.",
            )
        mask = cv2.warpPerspective(_small(each.alpha), _small_matrix(each, place.matrix), frame)
        whole = max(0.0, right - left) * max(0.0, bottom - top)
        inside = max(0.0, min(right, frame[0]) - max(left, 0)) * max(
            0.0, min(bottom, frame[1]) - max(top, 0)
        )
        if whole <= 0 or inside / whole < 1 - 4 * CUT_OFF or float(mask.sum()) < 16:
            raise EngineFault(
                "input",
                "The product would be cut off by the picture's edge. Nothing was charged. Pick a "
                "plane further inside the photo, or another ratio.",
            )


def _small(alpha: Plane) -> Plane:
    scale = min(1.0, MODEL_SIDE / max(alpha.shape))
    height, width = (max(2, round(side * scale)) for side in alpha.shape)
    return np.asarray(resized(alpha, width, height), np.float32)


def _small_matrix(each: Subject, matrix: NDArray[Any]) -> NDArray[Any]:
    small = _small(each.alpha).shape
    sx, sy = each.size[0] / small[1], each.size[1] / small[0]
    return np.asarray(
        matrix @ np.array([[sx, 0, 0.5 * sx - 0.5], [0, sy, 0.5 * sy - 0.5], [0, 0, 1]])
    )


def _lit(each: Subject, scene: Scene, style: str, setting: Setting) -> Image | None:
    """Return what the scene's light does to each pixel of a product; None where it must not."""
    if setting.light == "even":
        return None
    modelling = LOOKS[style].relief * (1.25 - 0.8 * scene.lamp.soft)
    gain = relief.gain(_shrunk(each.colour), _shrunk(each.alpha), scene.lamp.place, modelling)
    return np.asarray(gain[..., None] * lamp.gains_of(scene.lamp), np.float32)


def _shrunk(image: NDArray[Any]) -> NDArray[Any]:
    scale = min(1.0, MODEL_SIDE / max(image.shape[:2]))
    return resized(image, *(max(4, round(side * scale)) for side in image.shape[1::-1]))


def _background(
    scene: Scene, part: tuple[float, float, float, float], size: tuple[int, int]
) -> NDArray[Any]:
    """Return the cropped photo at the picture's size, in eight bits."""
    planned = max(scene.rgb.shape[:2])
    needs = round(planned * size[0] / part[2])
    shot = photo.read(scene.path, min(needs, max(scene.full)))
    grow = shot.rgb.shape[1] / scene.rgb.shape[1]
    scale = size[0] / (part[2] * grow)
    matrix = np.array(
        [
            [scale, 0, (0.5 - part[0] * grow) * scale - 0.5],
            [0, scale, (0.5 - part[1] * grow) * scale - 0.5],
        ]
    )
    cut = cv2.warpAffine(
        shot.rgb, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return eight_bits(cut)


def _extras(
    scene: Scene,
    drawn: list[tuple[Image, Plane]],
    kinds: list[str],
    camera: Camera,
    frame: tuple[int, int],
    setting: Setting,
    style: str,
) -> tuple[Image, Plane]:
    """Return what is drawn behind the products on the canvas: hangers and pegs, mirror pictures."""
    colour = np.zeros((frame[1], frame[0], 3), np.float32)
    alpha = np.zeros((frame[1], frame[0]), np.float32)
    for (own, mask), kind in zip(drawn, kinds, strict=True):
        if scene.arrangement == "hung":
            top = float(np.nonzero((mask > 0.5).any(axis=1))[0][0])
            span = float(np.hypot(*(camera.point(0.5, 0) - camera.point(0.5, camera.depth))))
            nail = top - 0.75 * HOOK * span
            hook = props.hanger(mask, kind, nail, max(span, 0.3 * max(frame)), style)
            light = lamp.gains_of(scene.lamp)
            hook.add(*props.peg(mask, nail, 0.5 * max(span, 0.3 * max(frame)), style))
            colour, alpha = (
                over(colour, hook.colour * light, hook.alpha),
                np.maximum(alpha, hook.alpha),
            )
        elif scene.arrangement == "standing" and setting.reflection:
            mirror, share = reflected(own, mask, float(max(frame)))
            colour, alpha = over(colour, mirror, share), np.maximum(alpha, share)
    return np.clip(colour, 0, 255).astype(np.float32), alpha.astype(np.float32)


def _finished(
    background: NDArray[Any],
    shadow: Plane,
    extras: tuple[Image, Plane],
    items: list[Item],
    frame: tuple[int, int],
    size: tuple[int, int],
    style: str,
    seed: int,
    setting: Setting,
    check: Check,
) -> NDArray[Any]:
    """Lay everything together at the picture's own size, band by band, and develop it."""
    grow = size[0] / frame[0], size[1] / frame[1]
    larger = np.array(
        [[grow[0], 0, 0.5 * grow[0] - 0.5], [0, grow[1], 0.5 * grow[1] - 0.5], [0, 0, 1]]
    )
    placed_items = [Item(one.subject, larger @ one.matrix, one.gain) for one in items]
    if setting.light == "even":  # asked for as it is: neither softened nor grained
        ready = [(softened(one, 0.0), 0.0) for one in placed_items]
    else:
        ready = [matched(one, background) for one in placed_items]
    check()
    whole = np.zeros((2, 2, 3), np.float32)
    if style in BLOOMS:
        whole = resized(background.astype(np.float32), *frame)
        for one in items:
            whole = over(whole, *window(softened(one, 0.0), (0, 0, *frame)))
    development = Development(style, seed, size, whole)
    made = np.empty((size[1], size[0], 3), np.uint8)
    for first in range(0, size[1], BAND):
        count = min(BAND, size[1] - first)
        band = background[first : first + count].astype(np.float32)
        band = shadowed(band, np.clip(scaled_rows(shadow, size, first, count), 0, 1))
        if extras[1].any():
            behind = np.clip(scaled_rows(extras[1], size, first, count), 0, 1)
            band = over(band, scaled_rows(extras[0], size, first, count), behind)
        for number, (one, amount) in enumerate(ready):
            colour, alpha = window(one, (0, first, size[0], count))
            if amount > 0 and alpha.any():
                noise = texture.grain(alpha.shape, amount, seed + number, first)
                colour = colour + noise[..., None]
            band = over(band, colour, alpha)
        plain = setting.grade == "none"
        made[first : first + count] = eight_bits(band) if plain else development.band(band, first)
        check()
    return made
