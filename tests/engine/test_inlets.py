"""Ground between sleeve and body that a network fills is found; stripes and shirts stay whole."""

import cv2
import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import ground as grounds
from stylestudio_desktop.engine import inlets as inlet_room
from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.cutout import cut
from stylestudio_desktop.engine.filters import to_lab
from stylestudio_desktop.engine.inlets import Seen, _is_inlet, _is_loop, inlets
from stylestudio_desktop.engine.networks import Networks
from tests.engine.conftest import MASKS, SAMPLES, no_check
from tests.engine.test_gaps import GROUND, TALL, WIDE, Drawn, photographed, sleeved

NAVY = (44, 52, 84)
WHITE = (236, 239, 241)


def found_in(small: np.ndarray, believed: np.ndarray) -> np.ndarray:
    """Return the inlets of a photo of which a network believes so much."""
    lab = to_lab(cv2.GaussianBlur(small, (0, 0), 0.8))
    ground = grounds.fit(lab, cv2.dilate(believed, np.ones((25, 25))))
    return inlets(small, lab, believed.astype(np.float32), ground)


def painted(cover: np.ndarray, *parts: tuple[np.ndarray, tuple[int, ...]]) -> np.ndarray:
    """Return navy cloth with parts in other colours."""
    colour = np.zeros((*cover.shape, 3), np.float32) + NAVY
    for part, tone in parts:
        colour[part > 0] = tone
    return colour


def box(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    plane = np.zeros((TALL, WIDE), np.uint8)
    plane[y0:y1, x0:x1] = 1
    return plane


@pytest.mark.parametrize("tone", [NAVY, WHITE, (150, 60, 52)])
def test_what_a_network_filled_beside_a_sleeve_is_found(tone: tuple[int, int, int]) -> None:
    cloth, filled = sleeved()
    stripes = np.indices(cloth.shape)[0] // 9 % 3 == 0
    shown = photographed(painted(cloth, (1 - stripes, tone)), cloth)
    found = found_in(shown, filled)
    gap = filled & (1 - cloth)
    assert float(found[gap > 0].mean()) > 0.85
    assert int((found & cloth).sum()) < 0.005 * int(cloth.sum())


def striped() -> Drawn:
    """Two stripes across."""
    return box(100, 80, 380, 480), box(100, 160, 380, 190) | box(100, 240, 380, 270)


def shirted() -> Drawn:
    """A blazer whose shirt has the ground's own colour, up to its neck."""
    front = np.zeros((TALL, WIDE), np.uint8)
    cv2.fillPoly(front, [np.array([(215, 80), (265, 80), (240, 330)])], 1)
    return box(100, 80, 380, 480), front


@pytest.mark.parametrize("light", [0.97, 0.9], ids=["as pale", "in shade"])
@pytest.mark.parametrize("drawn", [striped(), shirted()], ids=["stripes", "a shirt"])
def test_cloth_in_the_grounds_own_hue_stays(drawn: Drawn, light: float) -> None:
    cover, part = drawn
    small = photographed(painted(cover), cover)
    rng = np.random.default_rng(5)
    weave = rng.normal(0, 0.5, part.shape)[..., None]
    small[part > 0] = (np.array(GROUND, np.float32) * light + weave)[part > 0]
    assert not found_in(small, cover).any()


def test_a_garment_in_shades_of_its_ground_keeps_its_folds() -> None:
    cloth, filled = sleeved()
    grey = np.zeros((*cloth.shape, 3), np.float32) + np.array(GROUND, np.float32) * 0.82
    folds = (1 - 0.12 * np.sin(np.indices(cloth.shape)[1] / 9)).astype(np.float32)
    assert not found_in(photographed(grey * folds[..., None], cloth), filled).any()


@pytest.mark.parametrize(("side", "swift"), [(589, True), (883, True), (1178, False)])
def test_the_collections_striped_sleeves_hang_free(
    side: int, swift: bool, warm_networks: Networks
) -> None:
    name = "longsleeve-striped"
    shot = photo.read(SAMPLES / "products" / f"{name}.jpg", side)
    alpha = cut(shot, warm_networks, no_check, swift=swift).alpha
    truth = np.asarray(
        Image.open(MASKS / f"{name}.png")
        .convert("L")
        .resize(alpha.shape[::-1], Image.Resampling.BOX)
    ) / np.float32(255)
    for wrong in (alpha - truth, truth - alpha):
        patch = cv2.morphologyEx((wrong > 0.5).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5)))
        assert int(patch.sum()) < 8e-4 * float(truth.sum())


def strapped() -> Drawn:
    """A top on two pairs of straps, and the loops between them."""
    cover, loops = box(130, 200, 350, 470), box(0, 0, 1, 1)
    for x in (150, 290):
        cover |= box(x, 90, x + 40, 205)
        loops |= box(x + 10, 102, x + 30, 200)
    return cover & (1 - loops), loops


def test_a_loop_of_straps_that_the_network_doubts_is_open() -> None:
    cover, loops = strapped()
    shown = photographed(painted(cover), cover)
    lab = to_lab(cv2.GaussianBlur(shown, (0, 0), 0.8))
    ground = grounds.fit(lab, cv2.dilate(cover, np.ones((25, 25))))
    for word, share in ((0.4, (0.6, 1.0)), (0.95, (0.0, 0.0))):
        found = inlets(shown, lab, cover + word * loops.astype(np.float32), ground)
        assert share[0] <= float(found[loops > 0].mean()) <= share[1]
        assert not (found & cover).any()


def test_a_label_in_a_collar_is_no_loop() -> None:
    cover = box(100, 80, 380, 480)
    label = box(215, 110, 265, 126)
    shown = photographed(painted(cover, (label, (150, 148, 143))), cover)
    assert not found_in(shown, cover * 1).any()
    lab = to_lab(cv2.GaussianBlur(shown, (0, 0), 0.8))
    ground = grounds.fit(lab, cv2.dilate(cover, np.ones((25, 25))))
    assert not inlets(shown, lab, cover - 0.35 * label.astype(np.float32), ground).any()


def a_gap(**changed: np.ndarray) -> Seen:
    """Return what is seen round a gap of 20 x 80 pixels that is open below."""
    planes = {
        "product": box(0, 0, 120, 100) & (1 - box(50, 20, 70, 110)),
        "outside": box(0, 100, 120, 140),
        "smooth": box(0, 0, WIDE, TALL),
        "dimmed": box(0, 0, WIDE, TALL),
        "guess": np.ones((TALL, WIDE), np.float32),
    }
    return Seen(**{**planes, **changed})


def test_a_gap_is_smooth_in_shade_walled_and_open_at_one_end() -> None:
    gap, none = box(50, 20, 70, 100), np.zeros((TALL, WIDE), np.uint8)
    assert _is_inlet(gap, a_gap())
    both = box(0, 100, 120, 140) | box(0, 0, 120, 20)
    for changed in ({"outside": both}, {"outside": none}, {"smooth": none}, {"dimmed": none}):
        assert not _is_inlet(gap, a_gap(**changed)), changed.keys()
    assert not _is_inlet(gap, a_gap(product=box(0, 0, 50, 100)))


@pytest.mark.parametrize(
    ("word", "quiet", "loop"), [(0.6, 1, True), (0.95, 1, False), (0.36, 0, False)]
)
def test_a_loop_is_quiet_and_doubted(word: float, quiet: int, loop: bool) -> None:
    piece = box(50, 20, 70, 100)
    seen = a_gap(
        product=box(0, 0, 120, 140) & (1 - piece),
        smooth=box(0, 0, WIDE, TALL) * np.uint8(quiet),
        guess=np.full((TALL, WIDE), word, np.float32),
    )
    assert _is_loop(piece, seen) is loop


@pytest.mark.parametrize(
    ("light", "panel"), [(0.85, box(180, 200, 280, 300)), (1.0, box(165, 130, 315, 455))]
)
def test_a_product_with_much_of_its_grounds_colour_is_left_to_the_network(
    light: float, panel: np.ndarray
) -> None:
    cloth, filled = sleeved()
    tone = tuple(light * each for each in GROUND)
    assert found_in(photographed(painted(cloth), cloth), filled).any()
    assert not found_in(photographed(painted(cloth, (panel, tone)), cloth), filled).any()


def test_more_gaps_than_sleeves_and_legs_make_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    cloth, filled = sleeved()
    shown = photographed(painted(cloth), cloth)
    real = inlet_room._sorted_out
    monkeypatch.setattr(inlet_room, "_sorted_out", lambda *both: (real(*both)[0], 4))
    assert not found_in(shown, filled).any()
