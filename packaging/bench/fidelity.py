"""What the fidelity report says of pictures with planted changes, as a table of confusions.

Every product of the sample collection (and of the seventy drawn proof photos with `--proof`) is
put into studio pictures as it is, in every style, on white and under another lamp, and with each
change: its hue turned by 5 CIEDE2000 (in our own pictures, whose lamps are known, and in one of
another service), its logo mirrored, its pocket removed, another garment in its place. Logo and
pocket are drawn on every product. Every verdict is on a picture of its own. Exit code 1 when one is
wrong. Ctrl+C ends with the table of what was seen until then.
"""

import argparse
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylestudio_desktop.engine import layer, limits, photo, setting, stage, weights
from stylestudio_desktop.engine.cutout import Cutout, cut
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.fidelity import report
from stylestudio_desktop.engine.fidelity.colour import ciede2000
from stylestudio_desktop.engine.fidelity.heat import Heat
from stylestudio_desktop.engine.fidelity.report import PRODUCT, SCENE
from stylestudio_desktop.engine.fidelity.verdict import Found
from stylestudio_desktop.engine.filters import from_lab, resized, to_lab
from stylestudio_desktop.engine.kinds import guessed
from stylestudio_desktop.engine.looks import LOOKS
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.undeveloped import read, undeveloped

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from samples import proof

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
LONG = 900  # pixels of a product photo
SIZE = (SCENE, SCENE)
HUE = 5.0  # CIEDE2000
STYLES = tuple(sorted(LOOKS))
OTHERS = tuple(style for style in STYLES if style != "realistic")  # planted in one, and in that
ELSE = 500  # by how much the seeds of pictures with planted changes differ from the others
LAMPS = (1.10, 1.0, 0.86), (0.93, 1.0, 1.14)  # another light: a warm lamp, a blue sky
UNTOUCHED = ("untouched", "on white", "another light")
PLANTED = ("hue", "hue, another service", "logo mirrored", "pocket removed", "another garment")
Pixels = NDArray[Any]
Change = Callable[[Pixels], Pixels]


@dataclass(frozen=True)
class Product:
    """A photo, and what was cut out of it."""

    name: str
    pixels: Pixels
    cutout: Cutout


def products(networks: Networks, drawn: bool, names: list[str]) -> Iterator[Product]:
    """Photograph and cut out the products; those that can't be cut out are left out."""
    shots: list[tuple[str, Callable[[], Pixels]]] = [
        (path.stem, partial(_opened, path)) for path in sorted((SAMPLES / "products").glob("*.jpg"))
    ]
    for scene in proof.SCENES if drawn else ():
        if len(scene.items) == 1:
            shots.append((scene.name, partial(_drawn, scene)))
    for name, shot in shots:
        if names and name not in names:
            continue
        pixels = np.asarray(shot(), np.float32)
        try:
            yield Product(name, pixels, cut(photo.Photo(pixels, None, name), networks, _go_on))
        except EngineFault:
            print(json.dumps({"product": name, "left_out": "not cut out"}), file=sys.stderr)


def _opened(path: Path) -> Pixels:
    return photo.read(path, LONG).rgb


def _drawn(scene: proof.Scene) -> Pixels:
    return proof.taken(scene).pixels


def _go_on() -> None:
    """Never stop in the middle."""


def spot(alpha: Pixels) -> tuple[int, int, int]:
    """Return centre and half side of the largest square inside the product."""
    inside = cv2.copyMakeBorder((alpha > 0.95).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    away = cv2.distanceTransform(inside, cv2.DIST_C, 3)
    y, x = np.unravel_index(int(away.argmax()), away.shape)
    return int(x) - 1, int(y) - 1, int(0.8 * away[y, x])


def with_logo(pixels: Pixels, alpha: Pixels, mirrored: bool) -> Pixels:
    """Return the photo with a printed logo, an arrow and a number, in a tone that is seen."""
    x, y, half = spot(alpha)
    unit = 400
    drawn = np.zeros((unit, unit), np.uint8)
    cv2.putText(drawn, "R7k", (12, 200), cv2.FONT_HERSHEY_TRIPLEX, 5.2, 255, 16, cv2.LINE_AA)
    cv2.arrowedLine(drawn, (40, 300), (360, 330), 255, 26, cv2.LINE_AA, tipLength=0.3)
    cv2.circle(drawn, (90, 360), 26, 255, 12, cv2.LINE_AA)
    drawn = drawn[:, ::-1] if mirrored else drawn
    return _laid(pixels, np.ascontiguousarray(drawn), x, y, half, None)


def with_pocket(pixels: Pixels, alpha: Pixels) -> Pixels:
    """Return the photo with a sewn pocket: its seams and the shadow of its edge."""
    x, y, half = spot(alpha)
    drawn = np.zeros((400, 400), np.uint8)
    shape = np.array([(70, 60), (330, 60), (330, 280), (200, 350), (70, 280)])
    cv2.polylines(drawn, [shape], True, 255, 16, cv2.LINE_AA)
    cv2.line(drawn, (70, 110), (330, 110), 255, 10, cv2.LINE_AA)
    return _laid(pixels, drawn, x, y, half, 0.62)


def _laid(pixels: Pixels, drawn: Pixels, x: int, y: int, half: int, seam: float | None) -> Pixels:
    """Lay a drawing on the product: as a print of one tone, or darker cloth where `seam` says."""
    side = 2 * half
    share = cv2.resize(drawn, (side, side), interpolation=cv2.INTER_AREA)[..., None] / 255.0
    made = pixels.copy()
    part = made[y - half : y + half, x - half : x + half]
    light = float(part.mean()) > 120
    if seam is None:
        tone: Pixels = np.array((30, 34, 60) if light else (232, 228, 214), np.float32)
    else:
        tone = part * seam if light else part + 48
    part += (tone - part) * share
    return np.clip(made, 0, 255)


def turned(pixels: Pixels, alpha: Pixels, way: int = 1) -> Pixels:
    """Return the colours moved by `HUE` on average, one way or the other (1, -1).

    They are turned in hue; grey ones are tinted, warm or cool.
    """
    lab = to_lab(pixels)
    inside = alpha > 0.9
    chroma = float(np.median(np.hypot(lab[..., 1], lab[..., 2])[inside]))

    def moved(amount: float) -> Pixels:
        if chroma < 8:  # a grey has no hue to turn: a dye lot's tint
            return np.asarray(lab + way * np.array([0, 0.5 * amount, amount], np.float32))
        angle = way * np.radians(amount)
        a, b = lab[..., 1], lab[..., 2]
        across, along = np.cos(angle), np.sin(angle)
        return np.dstack([lab[..., 0], a * across - b * along, a * along + b * across])

    low, high = 0.0, 80.0
    for _ in range(16):
        middle = (low + high) / 2
        far = float(np.median(ciede2000(lab[inside], moved(middle)[inside])))
        low, high = (middle, high) if far < HUE else (low, middle)
    return np.asarray(from_lab(moved(low)), np.float32)


def made(colour: Pixels, alpha: Pixels, style: str, seed: int, white: bool = False) -> Pixels:
    """Return a studio picture of a product."""
    kind = guessed(alpha)
    options = {"backdrop": "white"} if white else {}
    asked = setting.read(options, kind, style)
    subject = layer.subject(Cutout(colour, alpha))
    return stage.still_life([subject], style, SIZE, seed, setting=asked, garment=kind, check=_go_on)


def plainly(colour: Pixels, alpha: Pixels, seed: int) -> Pixels:
    """Return a picture as another service would make it: a set and shadows, no style of ours."""
    asked = setting.read({"grade": "none", "backdrop": "seamless"}, "top", "realistic")
    subject = layer.subject(Cutout(colour, alpha))
    return stage.still_life(
        [subject], "realistic", SIZE, seed, setting=asked, garment="top", check=_go_on
    )


def under_lamp(pixels: Pixels, lamp: tuple[float, float, float]) -> Pixels:
    """Return a finished picture under another light: a cast, and a fall-off to one side."""
    linear = np.power(pixels.astype(np.float32) / 255, 2.2)
    fall = np.linspace(1.15, 0.65, pixels.shape[1], dtype=np.float32)[None, :, None]
    lit = np.clip(linear * fall * np.array(lamp, np.float32), 0, 1)
    return np.asarray(255 * np.power(lit, 1 / 2.2) + 0.5, np.uint8)


def examined(one: Product, change: Change | None, picture: Pixels, grade: str) -> Found:
    """Return what `report.examine` says of a picture, without cutting the product out each time.

    `change` draws on the photo, and on what was cut out of it, what the picture should show.
    `grade` is what the engine tells of its own pictures, "" stands for another service's.
    """
    pixels, colour = one.pixels, one.cutout.colour
    if change is not None:
        pixels, colour = change(pixels), change(colour)
    packed = io.BytesIO()
    Image.fromarray(picture).save(packed, "JPEG", quality=95, subsampling=0)
    scene = np.asarray(Image.open(packed), np.float32)
    style, coloured = read(grade)
    if style:
        scene = undeveloped(scene, style)
    scale = PRODUCT / max(pixels.shape[:2])
    size = round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
    shot = photo.Photo(resized(pixels, *size), None, one.name)
    cutout = replace(
        one.cutout, colour=resized(colour, *size), alpha=resized(one.cutout.alpha, *size)
    )
    product = report.Product.of(shot, cutout)
    heat = Heat(np.zeros(scene.shape[:2], np.float32))
    return report.compared(product, scene, heat, coloured=coloured, style=style)


def cases(
    one: Product, other: Product, number: int
) -> Iterator[tuple[str, str, Change | None, Pixels]]:
    """Yield what was done, the grade that is told, what is drawn on the photo, the picture."""
    colour, alpha = one.cutout.colour, one.cutout.alpha
    for style in STYLES:
        yield "untouched", style, None, made(colour, alpha, style, number)
    yield "on white", "none", None, made(colour, alpha, "realistic", number, white=True)
    lit = plainly(colour, alpha, number)
    for lamp in LAMPS:
        yield "another light", "", None, under_lamp(lit, lamp)
    for way in (1, -1):
        moved = plainly(turned(colour, alpha, way), alpha, number)
        yield "hue, another service", "", None, moved
    seed = number + ELSE  # a pocket that was removed is no untouched picture over again
    for style in (OTHERS[number % len(OTHERS)], "realistic"):
        yield "hue", style, None, made(turned(colour, alpha), alpha, style, seed)
        printed = partial(with_logo, alpha=alpha, mirrored=False)
        changed = with_logo(colour, alpha, True)
        yield "logo mirrored", style, printed, made(changed, alpha, style, seed)
        sewn = partial(with_pocket, alpha=alpha)
        yield "pocket removed", style, sewn, made(colour, alpha, style, seed)
        swap = made(other.cutout.colour, other.cutout.alpha, style, seed)
        yield "another garment", style, None, swap


def right(done: str, verdict: str) -> bool:
    """Say whether a verdict tells what was done; another garment may not pass as a drift."""
    if done in UNTOUCHED:
        return verdict == "same"
    return verdict in (("different",) if done == "another garment" else ("drifted", "different"))


def main() -> int:
    """Run, print one JSON object for each wrong verdict, then the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="two products or more; all, unless named")
    parser.add_argument("--proof", action="store_true", help="the drawn proof photos too")
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    chosen = parser.parse_args()
    limits.settle()
    networks = Networks(weights.folder(), limits.threads())
    every = list(products(networks, chosen.proof, chosen.names))
    table: dict[str, Counter[str]] = defaultdict(Counter)
    done = wrong = 0
    try:
        for number, one in enumerate(every):
            other = every[(number + max(1, len(every) // 2)) % len(every)]
            wrong += judged(one, other, number, table)
            done += 1
            print(f"{done} of {len(every)} products", file=sys.stderr, flush=True)
    except KeyboardInterrupt:  # what was seen until then is told
        print("stopped", file=sys.stderr)
    for what in (*UNTOUCHED, *PLANTED):
        print(json.dumps({"done": what, **table[what]}))
    verdicts = sum(map(Counter.total, table.values()))
    print(json.dumps({"products": done, "of": len(every), "verdicts": verdicts, "wrong": wrong}))
    return 1 if wrong or done < len(every) else 0


def judged(one: Product, other: Product, number: int, table: dict[str, Counter[str]]) -> int:
    """Count the verdicts on all pictures of a product; print the wrong ones, return how many."""
    wrong = 0
    seen: set[int] = set()
    for done, style, colour, picture in cases(one, other, number):
        shown = hash(picture.tobytes())
        if shown in seen:
            raise RuntimeError(f"{one.name}: {done} is judged on a picture that was judged before")
        seen.add(shown)
        found = examined(one, colour, picture, style)
        table[done][found.verdict] += 1
        if not right(done, found.verdict):
            wrong += 1
            told = {k: v for k, v in asdict(found).items() if k != "place"}
            print(json.dumps({"product": one.name, "done": done, "style": style, **told}))
            sys.stdout.flush()
    return wrong


if __name__ == "__main__":
    raise SystemExit(main())
