"""Reads a background photo once: its plane, camera and light, and whether it can hold products."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stylestudio_desktop.domain import scene as scenes
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.staging import AUTO, fits
from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import Image
from stylestudio_desktop.engine.scene import finding
from stylestudio_desktop.engine.scene.camera import Camera, camera_of
from stylestudio_desktop.engine.scene.lamp import Lamp, lamp_of

SIDE = 1024  # the long side at which a scene is planned; pictures of every size share the plan
LEAST_PIXELS = 480  # of a photo's shorter side
SCARCE = 0.5  # of the picture's pixels: a background with fewer is not enlarged to it
UPRIGHT = 0.30  # how far up a plane must point for a thing to stand on it
WALL = 0.62  # how far up a plane may point for a thing to hang before it
GRAZING = 0.17  # a plane seen flatter than this shows nothing of what lies on it
SURE = 0.5
HELP = "Nothing was charged."


@dataclass(frozen=True)
class Scene:
    """A background photo as the composer needs it; `camera` is in pixels of `rgb`."""

    path: Path
    rgb: Image
    full: tuple[int, int]
    camera: Camera
    lamp: Lamp
    arrangement: str
    larger: float
    notes: tuple[str, ...]


def asked_of(options: Mapping[str, str]) -> scenes.Asked:
    """Return what `options` ask; raise EngineFault with the sentence where they can't be read."""
    try:
        return scenes.asked(options)
    except BadInput as error:
        raise EngineFault("input", f"{error.sentence} {HELP}") from error


def guess(path: Path, arrangement: str) -> finding.Found:
    """Return the plane that a picture of the photo at `path` is made on. Raises EngineFault."""
    return _guessed(photo.read(path, SIDE).rgb, arrangement)


def _guessed(rgb: Image, arrangement: str) -> finding.Found:
    return finding.wall(rgb) if arrangement == "hung" else finding.ground(rgb)


def read_scene(
    path: Path,
    options: Mapping[str, str],
    garment: str,
    size: tuple[int, int],
    check: Callable[[], None],
) -> Scene:
    """Read the photo at `path` for a picture of `size`; raise EngineFault saying why it can't be.

    `garment` is the product's kind; where no arrangement was asked for, it and the plane decide.
    """
    asked = asked_of(options)
    shot = photo.read(path, SIDE)
    full = photo.size_of(path)
    check()
    how = options.get("arrangement", AUTO)
    if how not in scenes.ARRANGEMENTS:
        known = ", ".join(scenes.ARRANGEMENTS[1:])
        raise EngineFault(
            "input", f"In a background photo products can't be {how[:40]}, only {known}. {HELP}"
        )
    if min(full) < LEAST_PIXELS or max(full) < SCARCE * max(size):
        raise EngineFault(
            "input",
            f"The background photo has {full[0]} × {full[1]} pixels, too few for a picture of "
            f"{size[0]} × {size[1]}. {HELP} Use a larger photo or a lower quality.",
        )
    frame = shot.rgb.shape[1], shot.rgb.shape[0]
    notes: list[str] = []
    plane = asked.plane
    if plane is None:
        found = _guessed(shot.rgb, how)
        plane = found.plane
        check()
        if found.sure < SURE:
            notes.append(
                "Floor or table were guessed in the background photo. If the product does not "
                "stand well, pick its plane by hand."
            )
    camera = camera_of(plane, frame)
    if how == AUTO:
        how = scenes.usual(garment, wall=camera.rise < UPRIGHT)
    trouble = _unfit(how, camera, garment)
    if trouble:
        raise EngineFault("input", f"{trouble} {HELP}")
    if max(full) < 0.8 * max(size):
        notes.append(
            f"The background photo has {max(full):,} pixels on its longer side and was enlarged; "
            "a larger photo gives a sharper background."
        )
    lamp = lamp_of(shot.rgb, camera, asked.light_from)
    check()
    return Scene(path, shot.rgb, full, camera, lamp, how, asked.size / 100, tuple(notes))


def _unfit(arrangement: str, camera: Camera, garment: str) -> str:
    """Say why a plane can't hold a product so; empty where it can."""
    if arrangement == "standing" and camera.rise < UPRIGHT:
        return (
            "The picked plane is seen from straight before it, like a wall or a table from "
            "above: nothing can stand on it. Choose laid or hung, or pick another plane."
        )
    if arrangement == "hung" and (camera.rise > WALL or not fits(garment, "hung")):
        return (
            "The picked plane lies flat, and products hang on walls. Pick a wall, or choose "
            "standing or laid."
            if camera.rise > WALL
            else "Shoes can't be hung. Choose another arrangement."
        )
    if arrangement == "laid" and camera.facing < GRAZING:
        return (
            "The picked plane is seen so flatly that what lies on it could not be recognised. "
            "Choose standing, or a photo taken from higher up."
        )
    return ""
