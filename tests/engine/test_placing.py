"""Where a product without a print stands is known to the pixel, and that it stands nowhere, too."""

import cv2
import numpy as np
import pytest

from stylestudio_desktop.engine.fidelity import placing, verdict
from stylestudio_desktop.engine.fidelity.absence import Evidence, evidence
from stylestudio_desktop.engine.filters import Mask, Plane

SIDE = 768


def tee() -> Mask:
    """The silhouette of a T-shirt, 400 pixels wide."""
    mask = np.zeros((400, 400), np.uint8)
    half = [(150, 10), (40, 60), (2, 130), (60, 190), (90, 160), (90, 396)]
    outline = half + [(399 - x, y) for x, y in reversed(half)]
    cv2.fillPoly(mask, [np.array(outline, np.int32)], (1,))
    return mask


def put(mask: Mask, scale: float, turn: float = 0.0) -> tuple[Plane, np.ndarray]:
    """Return a picture of likely colours with the silhouette in its middle, and its map."""
    matrix = cv2.getRotationMatrix2D((200, 200), turn, scale)
    matrix[:, 2] += SIDE / 2 - 200
    seen = cv2.warpAffine(mask.astype(np.float32), matrix, (SIDE, SIDE))
    return np.asarray(0.05 + 0.9 * seen, np.float32), matrix


@pytest.mark.parametrize("scale", [0.9, 1.2, 1.3, 1.45, 1.585, 1.66, 1.8])
@pytest.mark.parametrize("turn", [0.0, 1.5, -4.5])
def test_a_silhouette_is_found_at_any_size_and_turn(scale: float, turn: float) -> None:
    """Within a fiftieth of its size: what follows judges outlines that are further off as drift."""
    mask = tee()
    chances, true = put(mask, scale, turn)
    matrix, score = placing.by_shape(mask, chances)
    assert matrix is not None
    assert score > verdict.SHAPE
    corners = np.array([[[0, 0]], [[399, 0]], [[0, 399]], [[399, 399]]], np.float64)
    off = cv2.transform(corners, matrix) - cv2.transform(corners, true)
    assert float(np.linalg.norm(off, axis=-1).max()) < 0.04 * 400 * scale
    found = float(np.sqrt(np.linalg.det(matrix[:, :2])))
    assert found == pytest.approx(scale, rel=0.03)


def test_colours_scattered_over_the_picture_are_no_product() -> None:
    """Black seams of a red bag are not a black tee without a print."""
    found = verdict.absent(Evidence(5, 0, palette=0.0092, score=0.05, least=0.02))
    assert (found.verdict, found.reasons) == (verdict.DIFFERENT, ["no_colours"])


@pytest.mark.parametrize(("palette", "score"), [(0.0092, 0.3), (0.2, 0.05)])
def test_where_it_might_yet_stand_it_is_not_called_another(palette: float, score: float) -> None:
    assert verdict.absent(Evidence(5, 0, palette, score, 0.02)).verdict == verdict.UNKNOWN


def test_a_print_of_which_almost_nothing_is_anywhere_is_not_there() -> None:
    for alike, told in ((4, verdict.DIFFERENT), (30, verdict.UNKNOWN)):
        assert verdict.absent(Evidence(262, alike, 0.31, 0.34, 0.019)).verdict == told


@pytest.mark.parametrize(
    ("shown", "ground", "foreign"),
    [
        ((150, 40, 44), (30, 36, 34), True),
        ((22, 22, 24), (30, 36, 34), False),
        (None, (30, 36, 34), False),
        ((150, 40, 44), (22, 22, 22), False),
    ],
    ids=["a red thing", "the black product", "nothing", "a red thing where it could hide"],
)
def test_what_stands_out_may_be_something_else(
    shown: tuple[int, int, int] | None, ground: tuple[int, int, int], foreign: bool
) -> None:
    """A picture's dark ground has a black product's colours all over."""
    rng = np.random.default_rng(4)
    colour = np.full((200, 200, 3), 22, np.float32) + rng.normal(0, 2, (200, 200, 3))
    mask = np.zeros((200, 200), np.uint8)
    mask[30:170, 50:150] = 1
    scene = np.full((400, 400, 3), ground, np.float32) + rng.normal(0, 2, (400, 400, 3))
    if shown is not None:
        scene[100:300, 150:300] = np.array(shown) + rng.normal(0, 2, (200, 150, 3))
        scene[60:100, 150:300] = 200  # something pale with it
    colour, scene = (np.clip(each, 0, 255).astype(np.float32) for each in (colour, scene))
    keys = placing.features(scene, None, 3000)
    chances = placing.likely(colour, mask, scene)
    seen = evidence(colour, mask, scene, keys, chances, 0.3)
    assert seen.plain
    assert seen.foreign is foreign
    assert (verdict.absent(seen).verdict == verdict.DIFFERENT) is foreign


@pytest.mark.parametrize(
    ("high", "missing", "reasons"),
    [(0.43, 0.0, []), (3.0, 0.0, ["print_lost"]), (0.43, 0.004, ["print_lost"])],
)
def test_a_print_is_not_lost_where_every_pixel_is_the_same(
    high: float, missing: float, reasons: list[str]
) -> None:
    """Faint pleats have features that grain alone makes; a small logo leaves a spot."""
    found = verdict.Found(
        "", [], colour_median=0.2, colour_p95=high, brightness=1.0, points=32, matched=7,
        print_match=0.219, outline_overlap=1.0, missing=missing, added=0.0,
    )  # fmt: skip
    assert verdict.judged(found, 1.0).reasons == reasons
