"""The one way from an order to pictures: read, cut out, set, light, develop, write."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
from numpy.typing import NDArray

from stylestudio_desktop.engine import detail, layer, photo, picture, sheer, stage, undeveloped
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.kinds import kind_of
from stylestudio_desktop.engine.looks import LOOKS
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.painted import cut_as
from stylestudio_desktop.engine.scene import composer
from stylestudio_desktop.engine.scene.reading import Scene, read_scene

Report = Callable[[str, float], None]  # a stage's name and progress; may raise Cancelled
PREVIEW_SIDE = 768
ASKS_FOR_DETAIL = 2048  # the long side from which people expect to zoom in
MISSING = "The cut-out network is not installed: edges on busy grounds may be rough."


@dataclass(frozen=True)
class Made:
    """One finished picture on disk and what people should know about it."""

    path: str
    width: int
    height: int
    seed: int
    mode: str
    warnings: list[str]
    label: str
    grade: str = ""  # what `undeveloped.read` takes to compare it with its photo

    def facts(self) -> dict[str, Any]:
        """Return the picture's record as plain JSON values."""
        return asdict(self)


def render(order: Order, out: Path, networks: Networks, report: Report) -> list[Made]:
    """Make all pictures of `order` in the folder `out` and return their records.

    Raises EngineFault with a sentence, or Cancelled out of `report`; nothing half-written stays.
    """
    cv2.setRNGSeed(order.seed & 0x7FFFFFFF)
    if order.people:
        _fit(order, networks, report)
    products, warnings = _cut_all(order, networks, report)
    if order.people:
        return _worn(order, products[0], warnings, out, networks, report)
    kinds = [kind_of(order, number, each, networks) for number, each in enumerate(products)]
    subjects = [layer.subject(each, kind) for each, kind in zip(products, kinds, strict=True)]
    garment = kinds[0]
    scene = None
    if order.background is not None:
        size = order.width, order.height
        scene = read_scene(
            order.background, order.options, garment, size,
            lambda: report("Reading the background photo", 0.42),
        )  # fmt: skip
        warnings = [*warnings, *scene.notes]
    del products  # at 4,096 pixels each copy counts
    made = []
    for index in range(order.count):
        begun = 0.45 + 0.55 * index / order.count

        def check(begun: float = begun) -> None:
            report("Setting the stage and the light", begun)

        check()
        pixels = _shown(order, scene, subjects, garment, order.seed + index, check)
        report("Saving the picture", begun + 0.5 / order.count)
        notes = [*warnings, *(_enlarged(order, subjects) if scene is None else [])]
        made.append(
            _saved(
                order,
                out,
                index,
                pixels,
                "still_life" if scene is None else "scene",
                picture.LABEL,
                notes,
            )
        )
    return made


def _shown(
    order: Order,
    scene: Scene | None,
    subjects: list[layer.Subject],
    garment: str,
    seed: int,
    check: Callable[[], None],
) -> NDArray[Any]:
    """Return one picture: in the user's own background photo, or on a stage of the style."""
    size, setting = (order.width, order.height), order.setting
    if scene is not None:
        return composer.composed(
            scene, subjects, order.style, size, seed, setting=setting, garment=garment, check=check
        )
    return stage.still_life(
        subjects, order.style, size, seed, setting=setting, garment=garment, check=check
    )


def _enlarged(order: Order, subjects: list[layer.Subject]) -> list[str]:
    """Say where a photo has fewer pixels than the picture shows of its product."""
    if order.long_side < ASKS_FOR_DETAIL or len(subjects) > 1:
        return []
    has = max(subjects[0].size)
    shown = LOOKS[order.style].fill * min(order.width, order.height)
    if has >= detail.ENOUGH * shown:
        return []
    return [
        f"The photo shows the product on {has:,} pixels; it was enlarged to fill the picture, and "
        "no detail was made up. A larger photo gives a sharper picture."
    ]


def preview(
    source: Path,
    mask: Path | None,
    target: Path,
    side: int,
    networks: Networks,
    report: Report,
    sheer: str = "auto",
) -> None:
    """Write the cut-out of one photo, at most `side` pixels long, to the PNG `target`."""
    shot = photo.read(source, side)

    def check() -> None:
        report("Cutting out the product", 0.4)

    found = cut_as(shot, mask, networks, check, sheer=sheer)
    report("Saving the cut-out", 0.9)
    picture.save_cutout(target, found.colour, found.alpha, found.sheer)


def _fit(order: Order, networks: Networks, report: Report) -> None:
    """Refuse a pair that does not fit: not everybody who asks for a picture had it checked before.

    What is found here is kept, and what a check before found is at hand.
    """
    from stylestudio_desktop.engine.suitability import reasons

    found = reasons(order, networks, lambda stage, _done: report(stage, 0.02))
    if found:
        raise EngineFault("input", found[0])


def _worn(
    order: Order,
    product: Cutout,
    warnings: list[str],
    out: Path,
    networks: Networks,
    report: Report,
) -> list[Made]:
    """Dress the person once, then set the result on as many stages as pictures are asked for."""
    from stylestudio_desktop.engine import worn

    if sheer.shows_through(product.alpha, product.sheer):
        raise EngineFault("content", f"{sheer.ON_PERSON} Nothing was charged.")
    result, whole = worn.dressed(order, product, networks, report)
    notes = [*warnings, *(note for note in result.warnings if note not in warnings)]
    made = []
    for index in range(order.count):
        begun = 0.65 + 0.35 * index / order.count

        def check(begun: float = begun) -> None:
            report("Setting the stage and the light", begun)

        check()
        pixels = worn.on_stage(order, result, whole, order.seed + index, check)
        report("Saving the picture", begun + 0.3 / order.count)
        made.append(_saved(order, out, index, pixels, "draft", picture.DRAFT, notes))
    return made


def _saved(
    order: Order,
    out: Path,
    index: int,
    pixels: NDArray[Any],
    mode: str,
    label: str,
    warnings: list[str],
) -> Made:
    seed = order.seed + index
    # A marketplace's white must stay white: JPEG would scatter it along the product's edge.
    exact = mode == "still_life" and order.setting.backdrop == "white"
    path = out / f"picture-{index + 1}.{'png' if exact else 'jpg'}"
    picture.save(path, pixels, picture.Facts(label, order.style, mode, seed))
    grade = "none" if exact or order.setting.grade == "none" else order.style
    if mode == "scene":
        grade += undeveloped.LAMP
    return Made(str(path), order.width, order.height, seed, mode, list(warnings), label, grade)


def _cut_all(order: Order, networks: Networks, report: Report) -> tuple[list[Cutout], list[str]]:
    """Cut out every product at the resolution that the picture needs, no more."""
    side = round(order.long_side * 1.15)
    if len(order.products) > 1:
        side = round(order.long_side * 0.8)
    found: list[Cutout] = []
    warnings: list[str] = [] if networks.has("u2netp") else [MISSING]
    for index, path in enumerate(order.products):
        begun = 0.4 * index / len(order.products)

        def check(begun: float = begun) -> None:
            report("Cutting out the product", 0.05 + begun)

        check()
        shot = photo.read(path, side if order.people else min(side, detail.CUT_SIDE))
        check()
        result = cut_as(shot, order.mask(index), networks, check, swift=order.draft)
        if side > detail.CUT_SIDE and not order.people:
            result = detail.detailed(result, path, side, check)
        warnings.extend(note for note in result.warnings if note not in warnings)
        found.append(result)
    return found, warnings
