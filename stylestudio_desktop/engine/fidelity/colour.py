"""How far two colours lie apart, and how much of it is only another light."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylestudio_desktop.engine.filters import EPS, Image, Mask, Plane, masked_blur, to_lab

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
NEUTRAL = 9.0  # chroma (CIELAB) below which a surface tells the light's own colour
CAST = (0.6, 1.65)  # what a lamp may do to red and blue against green
LAMPLIT = 0.9  # and by how much (log of red to blue) a strong lamp may colour it
PAPER = 0.10  # by how much (log of red and blue to green) near-white paper is tinted itself
TINT = 0.05  # and by how much a lamp may be greenish or pinkish
PINK = (0.03, 0.05)  # a warm one pinkish, a cool one greenish; and more for each unit of warmth
EVEN = 0.10  # by how much (the same logs) light may move pale and vivid colours differently
GAIN = (0.2, 5.0)  # and to brightness, locally


@dataclass(frozen=True)
class Light:
    """How the picture's light differs: mean brightness (1 is the same) and its cast (R, G, B)."""

    brightness: float
    cast: tuple[float, float, float]


def linear(image: Image) -> Image:
    """Return linear light from 0 to 1 of an sRGB-coded picture from 0 to 255 (IEC 61966-2-1)."""
    value = np.clip(image / 255, 0, 1)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(
        np.float32
    )


def coded(light: Image) -> Image:
    """Return the sRGB coding, from 0 to 255, of linear light."""
    value = np.clip(light, 0, 1)
    curve = 1.055 * np.power(value, 1 / 2.4, where=value > 0, out=np.zeros_like(value)) - 0.055
    return np.where(value <= 0.0031308, 12.92 * value, curve).astype(np.float32) * 255


def relit_like(
    photo: Image, picture: Image, weight: Plane, sigma: float, cast: NDArray[Any]
) -> tuple[Image, Light]:
    """Return `photo` in the light that `picture` shows, as far as light can explain it.

    Both are registered H x W x 3, 0 to 255. Light is a smooth brightness (Gaussian of `sigma`
    pixels over `weight`) times one `cast` for the whole picture, after von Kries; it can't turn
    a hue here and not there.
    """
    before, after = linear(photo) * cast, linear(picture)
    one, two = before @ LUMINANCE, after @ LUMINANCE
    gain = (masked_blur(two, weight, sigma) + 0.002) / (masked_blur(one, weight, sigma) + 0.002)
    gain = np.clip(gain, *GAIN)
    total = float((one * weight).sum())
    brightness = (float((two * weight).sum()) + EPS) / (total + EPS)
    found = Light(round(brightness, 3), (float(cast[0]), float(cast[1]), float(cast[2])))
    return coded(before * gain[..., None]), found


def evenly_lit(photo: Image, light: Light) -> Image:
    """Return `photo` in a light that is the same everywhere."""
    return coded(linear(photo) * np.array(light.cast, np.float32) * light.brightness)


def casts_around(
    photo: Image, photo_ground: Mask, picture: Image, ground: Mask
) -> list[NDArray[Any]]:
    """Return the casts that neutral surroundings of the picture may tell: none where they can't.

    One for a photo that its camera balanced, and one that reckons with the photo's own cast.
    """
    white = _neutral_mean(photo, photo_ground)
    other = _neutral_mean(picture, ground)
    if other is None:
        other = _lamplit_mean(picture, ground)
    if other is None:
        return []
    found = [other / other[1]]
    if white is not None:
        found.append(found[0] / (white / white[1]))
    return [np.clip(each, *CAST).astype(np.float32) for each in found]


def cast_on(photo: Image, picture: Image, where: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the one cast that comes nearest to making `photo` into `picture` (H x W x 3 each).

    The median of red and blue against green over the pixels `where`, after von Kries.
    """
    before, after = linear(photo[where]) + 0.004, linear(picture[where]) + 0.004
    ratio = after / before
    cast = np.median(ratio[:, ::2] / ratio[:, 1:2], axis=0)
    return np.clip([cast[0], 1.0, cast[1]], *CAST).astype(np.float32)


def plausible(cast: NDArray[Any], around: list[NDArray[Any]]) -> bool:
    """Say whether a cast on the product can be light: the surroundings show it, and lamps do it.

    What falls on the product falls on everything, so it must agree with one of the casts that
    the surroundings tell, but for a paper's own tint, and point the same way. Lamps and skies
    differ between warm and cool: red and blue go opposite ways, and the warmer a glow is, the
    more yellow, never the more pink (as black bodies are: blue changes more than red).
    """
    own = np.log(np.asarray(cast, np.float64)[::2])
    warmth = own[0] - own[1]
    pinkish = (own[0] + own[1]) * np.sign(warmth)
    if not _from_lamps(own) or pinkish > PINK[0] + PINK[1] * abs(warmth):
        return False
    for each in around:
        told = np.log(np.asarray(each, np.float64)[::2])
        alike = float(np.hypot(*(own - told))) < PAPER
        if alike and (told[0] - told[1]) * warmth > 0:
            return True
    return False


def even(photo: Image, picture: Image, where: NDArray[np.bool_], cast: NDArray[Any]) -> bool:
    """Say whether `cast` is what became of pale and of vivid colours alike, as light does it.

    A hue that was turned, or another dye, moves a product's greys less than its colours. The
    palest and the most vivid seventh of the pixels are asked.
    """
    before, after = linear(photo[where]) + 0.004, linear(picture[where]) + 0.004
    moved = np.log(after / before)
    moved = moved[:, ::2] - moved[:, 1:2] - np.log(np.asarray(cast, np.float64)[::2])
    lab = to_lab(photo[where][None].astype(np.float32))[0]
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    pale, vivid = np.percentile(chroma, (15, 85))
    ends = (moved[chroma <= pale], moved[chroma >= vivid])
    return all(float(np.hypot(*np.median(end, axis=0))) < EVEN for end in ends)


def _from_lamps(logs: NDArray[Any]) -> NDArray[Any]:
    """Say of logs of red and blue to green (last axis) whether a lamp or sky has such a colour."""
    warmth, tint = logs[..., 0] - logs[..., 1], logs[..., 0] + logs[..., 1]
    return np.asarray(np.abs(tint) <= TINT + 0.5 * np.abs(warmth))


def _neutral_mean(image: Image, where: Mask) -> NDArray[Any] | None:
    """Return the mean linear colour of near-neutral surroundings; None where there are none."""
    chosen = image[where > 0]
    if len(chosen) < 200:
        return None
    lab = to_lab(chosen[None].astype(np.float32))[0]
    grey = (np.hypot(lab[:, 1], lab[:, 2]) < 2 * NEUTRAL) & (lab[:, 0] > 25) & (lab[:, 0] < 99)
    if float(grey.mean()) < 0.5:
        return None
    mean = linear(chosen[grey]).mean(axis=0)
    return np.asarray(mean, np.float32) + 1e-4


def _lamplit_mean(image: Image, where: Mask) -> NDArray[Any] | None:
    """Return the mean linear colour of surroundings that a strong lamp or a blue sky coloured."""
    chosen = image[where > 0]
    if len(chosen) < 200:
        return None
    level = to_lab(chosen[None].astype(np.float32))[0, :, 0]
    light = linear(chosen) + 1e-4
    logs = np.log(light[:, ::2] / light[:, 1:2])
    grey = _from_lamps(logs) & (np.abs(logs[:, 0] - logs[:, 1]) < LAMPLIT)
    grey &= (level > 25) & (level < 99)
    if float(grey.mean()) < 0.5:
        return None
    return np.asarray(light[grey].mean(axis=0), np.float32)


def ciede2000(one: NDArray[Any], two: NDArray[Any]) -> NDArray[Any]:
    """Return the CIEDE2000 differences of CIELAB colours (last axis L*, a*, b*).

    After G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 Color-Difference Formula" (2005), with
    all parametric factors 1; its 34 test pairs are in the tests.
    """
    first, second = one.astype(np.float64), two.astype(np.float64)
    chroma = (np.hypot(first[..., 1], first[..., 2]) + np.hypot(second[..., 1], second[..., 2])) / 2
    g = 0.5 * (1 - _vivid(chroma))
    a1, a2 = (1 + g) * first[..., 1], (1 + g) * second[..., 1]
    b1, b2 = first[..., 2], second[..., 2]
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    grey = c1 * c2 == 0
    turn = np.where(grey, 0.0, (h2 - h1 + 180) % 360 - 180)
    turn = np.where(turn == -180, 180.0, turn)
    d_light, d_chroma = second[..., 0] - first[..., 0], c2 - c1
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    light, mean_c = (first[..., 0] + second[..., 0]) / 2, (c1 + c2) / 2
    hue = np.where(grey, h1 + h2, _mean_hue(h1, h2))
    t = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    s_light = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_chroma, s_hue = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * t
    rotation = -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    rotation *= 2 * _vivid(mean_c)
    x, y, z = d_light / s_light, d_chroma / s_chroma, d_hue / s_hue
    return np.asarray(np.sqrt(np.maximum(x * x + y * y + z * z + rotation * y * z, 0)))


def _vivid(chroma: NDArray[Any]) -> NDArray[Any]:
    """Return the formula's root of C^7 / (C^7 + 25^7); products, for powers are slow."""
    square = chroma * chroma
    seventh = square * square * square * chroma
    return np.sqrt(seventh / (seventh + 25.0**7))


def _mean_hue(h1: NDArray[Any], h2: NDArray[Any]) -> NDArray[Any]:
    total = h1 + h2
    near = np.abs(h1 - h2) <= 180
    return np.where(near, total / 2, np.where(total < 360, (total + 360) / 2, (total - 360) / 2))
