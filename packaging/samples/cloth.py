"""Light panels of cloth from height fields and lay them over one another."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from . import curves, fields
from .curves import Points
from .fields import Field

Colour = tuple[float, float, float]
LIGHT = np.array([-0.42, -0.62, 0.92], dtype=np.float32) / math.sqrt(0.42**2 + 0.62**2 + 0.92**2)
RELIEF = 1.5  # how steep heights read: the table lamp of the set stands fairly low


def linear(hex_colour: str) -> Colour:
    """Linear-light red, green, blue (0…1) of a ``#rrggbb`` colour (IEC 61966-2-1)."""
    values = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    lin = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return (lin[0], lin[1], lin[2])


class Panel:
    """One piece of cloth: an outline with its own height field, colour and texture."""

    def __init__(
        self,
        outline: Points,
        colour: str,
        cloth: str = "jersey",
        *,
        seed: int = 1,
        thick: float = 5.0,
        rim: float = 14.0,
        gloss: float = 0.0,
        shine: float = 12.0,
        cut: Sequence[Points] = (),
    ) -> None:
        """Fill ``outline`` (n, 2) pixels; ``rim`` is the width over which the edge rounds off."""
        low = np.floor(outline.min(axis=0)).astype(int) - 6
        high = np.ceil(outline.max(axis=0)).astype(int) + 6
        self.origin = low
        self.shape = (int(high[1] - low[1]), int(high[0] - low[0]))
        self.seed, self.gloss, self.shine = seed, gloss, shine
        self.mask = self.area(outline)
        for hole in cut:
            self.mask = self.mask * (1 - self.area(hole))
        inside = (self.mask > 0.5).astype(np.uint8)
        self.dist = cv2.distanceTransform(inside, cv2.DIST_L2, 5)
        t = np.clip(self.dist / max(rim, 1.0), 0, 1)
        self.height: Field = fields.blur(thick * np.sqrt(1 - (1 - t) ** 2), 1.4)
        self.albedo: Field = np.ones((*self.shape, 3), np.float32) * np.array(
            linear(colour), np.float32
        )
        self.crimp: Field = fields.noise(self.shape, seed + 31, 5.0)
        self.tone: Field = fields.weave(cloth, self.shape, seed)

    # ---- drawing on the panel; all points are in picture coordinates

    def area(self, outline: Points) -> Field:
        """Anti-aliased coverage 0…1 of a closed outline within this panel."""
        return self.areas([outline])

    def areas(self, outlines: Sequence[Points]) -> Field:
        """Anti-aliased coverage 0…1 of several closed outlines together."""
        img = np.zeros(self.shape, np.uint8)
        for outline in outlines:
            pts = np.round((outline - self.origin) * 16).astype(np.int32)
            cv2.fillPoly(img, [pts], 255, lineType=cv2.LINE_AA, shift=4)
        return img.astype(np.float32) / 255

    def stroke(self, lines: Sequence[Points], width: int) -> Field:
        """Anti-aliased coverage 0…1 of open lines."""
        img = np.zeros(self.shape, np.uint8)
        pts = [np.round((ln - self.origin) * 16).astype(np.int32) for ln in lines]
        cv2.polylines(img, pts, False, 255, width, lineType=cv2.LINE_AA, shift=4)
        return img.astype(np.float32) / 255

    def crease(
        self, amount: float, scale: float, angle: float = 90, stretch: float = 3, salt: int = 0
    ) -> Panel:
        """Add random folds ``amount`` pixels high, calmer towards the edge."""
        calm = np.clip(self.dist / (scale * 0.5), 0.25, 1.0)
        self.height = self.height + (
            fields.creases(self.shape, self.seed + 100 + salt, scale, angle, stretch)
            * amount
            * calm
        ).astype(np.float32)
        return self

    def fold(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        width: float,
        amount: float,
        bend: float = 0.0,
        fade: str = "both",
    ) -> Panel:
        """Add one pulled fold from ``start`` to ``end``; ``fade`` is both, end or none."""
        a, b = np.array(start) - self.origin, np.array(end) - self.origin
        length = float(np.hypot(*(b - a))) + 1e-6
        along = (b - a) / length
        ys, xs = np.mgrid[0 : self.shape[0], 0 : self.shape[1]].astype(np.float32)
        dx, dy = xs - a[0], ys - a[1]
        t = (dx * along[0] + dy * along[1]) / length
        across = -dx * along[1] + dy * along[0]
        across = across - bend * 4 * t * (1 - t)
        tc = np.clip(t, 0, 1)
        lasting = {
            "both": np.sin(math.pi * tc) ** 0.8,
            "end": (1 - tc) ** 1.2 * np.clip(tc * 12, 0, 1),
            "none": np.ones_like(tc),
        }[fade] * ((t > 0) & (t < 1))
        # A pulled fold is steep on one side and runs out slowly on the other.
        spread = np.where(across > 0, width * 1.7, width * 0.75) * (0.6 + 0.5 * tc)
        profile = np.exp(-((across / spread) ** 2)) - 0.45 * np.exp(
            -(((across - spread * 1.7) / (spread * 1.1)) ** 2)
        )
        bump = fields.blur((profile * lasting).astype(np.float32), max(1.0, width * 0.2))
        self.height = self.height + bump * np.float32(amount)
        return self

    def groove(self, line: Points, width: float = 1.6, depth: float = 1.6) -> Panel:
        """Press a seam into the cloth, with the little puckers that thread tension leaves."""
        core = fields.blur(self.stroke([line], 2), width)
        near = fields.blur(self.stroke([line], 3), width * 5)
        pucker = self.crimp * near * 1.1
        self.height = (
            self.height - core * np.float32(depth * width * 1.3) + pucker * np.float32(depth * 0.55)
        )
        self.tone = self.tone * (1 - 0.16 * core * min(depth, 2.0))
        return self

    def stitch(
        self,
        line: Points,
        colour: str | None = None,
        dash: float = 6.5,
        gap: float = 3.0,
        width: int = 2,
        depth: float = 0.8,
    ) -> Panel:
        """Sew a row of stitches along ``line``; without a colour the thread matches the cloth."""
        self.groove(line, 1.8, depth)
        pts = curves.resample(line, 1.0)
        step = int(dash + gap)
        runs = [pts[i : i + int(dash)] for i in range(0, len(pts) - 3, step)]
        thread = self.stroke([r for r in runs if len(r) > 2], width)
        self.height = self.height + fields.blur(thread, 0.7) * np.float32(1.1)
        if colour is not None:
            self.tint(thread * 0.9, colour)
        else:
            self.tone = self.tone * (1 + 0.05 * thread)
        return self

    def rib(self, line: Points, width: float, pitch: float = 4.5, depth: float = 1.0) -> Panel:
        """Knit a ribbing whose ribs stand across ``line`` over ``width`` pixels."""
        base = curves.resample(line, pitch)
        far = curves.offset(base, width)
        ribs = self.stroke(list(np.stack([base, far], axis=1)), max(1, int(pitch * 0.45)))
        ribs = fields.blur(ribs, 0.8)
        self.height = self.height + ribs * np.float32(depth * 1.5)
        self.tone = self.tone * (1 + (ribs - 0.45) * 0.14 * depth)
        return self

    def swell(self, amount: float, reach: float) -> Panel:
        """Lift the middle as a filled body would, over ``reach`` pixels from the edge."""
        t = np.clip(self.dist / reach, 0, 1)
        self.height = self.height + fields.blur(amount * np.sqrt(1 - (1 - t) ** 2), reach * 0.12)
        return self

    def tint(self, coverage: Field, colour: str) -> Panel:
        """Dye or print: mix ``colour`` in where ``coverage`` (0…1) says."""
        c = coverage[..., None]
        self.albedo = self.albedo * (1 - c) + np.array(linear(colour), np.float32) * c
        return self

    def shade(self, coverage: Field, by: float) -> Panel:
        """Darken (below 1) or lighten the cloth itself where ``coverage`` says."""
        self.tone = self.tone * (1 + (by - 1) * coverage)
        return self

    def lit(self) -> Field:
        """Linear-light colour (h, w, 3) under a large soft key and fill."""
        h = self.height
        gx = cv2.Sobel(h, cv2.CV_32F, 1, 0, ksize=3) / 8 * RELIEF
        gy = cv2.Sobel(h, cv2.CV_32F, 0, 1, ksize=3) / 8 * RELIEF
        inv = 1 / np.sqrt(gx * gx + gy * gy + 1)
        facing = (-gx * LIGHT[0] - gy * LIGHT[1] + LIGHT[2]) * inv
        # A soft box wraps round the form: half-Lambert, normalised so that flat cloth is 1.
        wrap = np.clip((facing + 0.35) / (LIGHT[2] + 0.35), 0.0, 1.5)
        hollow = fields.blur(h, 3) * 0.5 + fields.blur(h, 14) * 0.5 - h
        closed = np.clip(1 - 0.055 * np.clip(hollow, -2, 8), 0.45, 1.12)
        light = (0.30 + 0.70 * wrap) * closed * self.tone
        out = self.albedo * light[..., None]
        if self.gloss:
            half = LIGHT + np.array([0, 0, 1], np.float32)
            half /= np.linalg.norm(half)
            spec = np.clip((-gx * half[0] - gy * half[1] + half[2]) * inv, 0, 1) ** self.shine
            flat = half[2] ** self.shine
            out = out + (self.gloss * np.clip(spec - flat * 0.75, 0, 1))[..., None]
        return np.clip(out, 0.002, 1.4)


class Piece:
    """A product on an empty table: linear colour, coverage and the shade layers throw."""

    def __init__(self, width: int, height: int) -> None:
        """Start with nothing on a table of ``width`` by ``height`` pixels."""
        self.colour: Field = np.zeros((height, width, 3), np.float32)
        self.alpha: Field = np.zeros((height, width), np.float32)

    def lay(self, panel: Panel, shadow: float = 0.5, drop: float = 5.0) -> Piece:
        """Put a panel on top; it darkens what lies beneath over about ``drop`` pixels."""
        h, w = self.alpha.shape
        room = int(drop * 6) + 4
        x0, y0 = int(panel.origin[0]), int(panel.origin[1])
        x1, y1 = x0 + panel.shape[1], y0 + panel.shape[0]
        near = (
            slice(max(0, y0 - room), min(h, y1 + room)),
            slice(max(0, x0 - room), min(w, x1 + room)),
        )
        top, left = near[0].start, near[1].start
        here = (slice(max(0, y0), min(h, y1)), slice(max(0, x0), min(w, x1)))
        own = (
            slice(here[0].start - y0, here[0].stop - y0),
            slice(here[1].start - x0, here[1].stop - x0),
        )
        cover = panel.mask[own]
        if shadow > 0 and self.alpha[near].any():
            wide = np.zeros((near[0].stop - top, near[1].stop - left), np.float32)
            wide[
                here[0].start - top : here[0].stop - top, here[1].start - left : here[1].stop - left
            ] = cover
            close = fields.blur(
                np.roll(wide, (int(drop * 0.4), int(drop * 0.3)), (0, 1)), drop * 0.5
            )
            far = fields.blur(np.roll(wide, (int(drop), int(drop * 0.7)), (0, 1)), drop * 1.6)
            self.colour[near] *= (1 - shadow * np.clip(0.6 * close + 0.5 * far, 0, 1))[..., None]
        c = cover[..., None]
        self.colour[here] = self.colour[here] * (1 - c) + panel.lit()[own] * c
        self.alpha[here] = self.alpha[here] + (1 - self.alpha[here]) * cover
        return self

    def wander(self, seed: int, reach: float = 3.0, scale: float = 90.0) -> Piece:
        """Let outline and seams wander together, as nothing is ever laid out dead straight."""
        packed = np.dstack([self.colour, self.alpha])
        packed = fields.wander(packed, seed, reach, scale)
        self.colour, self.alpha = packed[..., :3].clip(0, 2), packed[..., 3].clip(0, 1)
        return self
