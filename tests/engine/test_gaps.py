"""Gaps that show the ground are opened, a mannequin's neck is left out, and cloth stays whole."""

import cv2
import numpy as np
import pytest

from stylestudio_desktop.engine import ground as grounds
from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.clefts import followed
from stylestudio_desktop.engine.cutout import cut
from stylestudio_desktop.engine.filters import to_lab
from stylestudio_desktop.engine.gaps import gaps
from stylestudio_desktop.engine.held import unheld
from stylestudio_desktop.engine.networks import Networks
from tests.engine.conftest import SAMPLES, no_check

TALL, WIDE = 560, 480
GROUND = (226, 222, 214)
CLOTH = (60, 84, 120)
Drawn = tuple[np.ndarray, np.ndarray]


def sleeved() -> Drawn:
    """A jumper with its sleeves down, and its outline with the gaps beside the body filled."""
    cloth, filled = np.zeros((TALL, WIDE), np.uint8), np.zeros((TALL, WIDE), np.uint8)
    cv2.rectangle(cloth, (160, 120), (320, 460), 1, -1)
    for side in (1, -1):
        sleeve = [(240 + side * 80, 120), (240 + side * 190, 430), (240 + side * 140, 440)]
        cv2.fillPoly(cloth, [np.array([*sleeve, (240 + side * 80, 220)])], 1)
        cv2.fillPoly(filled, [np.array([*sleeve, (240 + side * 80, 420)])], 1)
    return cloth, cloth | filled


def photographed(colour: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """Lay colours on the ground, in their own shadow, with a weave and a camera's noise."""
    rng = np.random.default_rng(3)
    shadow = cv2.GaussianBlur(np.roll(cover, (5, 5), (0, 1)).astype(np.float32), (0, 0), 9)
    weave = rng.normal(0, 4, cover.shape).astype(np.float32)[..., None]
    ground = np.array(GROUND, np.float32) * (1 - 0.4 * shadow)[..., None]
    shown = np.where(cover[..., None] > 0, colour + weave, ground)
    shown = cv2.GaussianBlur(shown.astype(np.float32), (0, 0), 0.7)
    return np.clip(shown + rng.normal(0, 0.5, shown.shape), 0, 255).astype(np.float32)


def opened(small: np.ndarray, mask: np.ndarray, product: np.ndarray) -> np.ndarray:
    lab = to_lab(cv2.GaussianBlur(small, (0, 0), 0.8))
    return gaps(small, lab, mask, grounds.fit(lab, cv2.dilate(product, np.ones((25, 25)))))


@pytest.mark.parametrize("tone", [CLOTH, (240, 238, 236), (150, 60, 52)])
def test_a_shaded_gap_beside_a_sleeve_is_opened(tone: tuple[int, int, int]) -> None:
    cloth, filled = sleeved()
    stripes = (np.indices(cloth.shape)[0] // 14 % 3 == 0)[..., None]
    colour = np.where(stripes, CLOTH, tone).astype(np.float32)
    found = opened(photographed(colour, cloth), filled, filled)
    gap = filled & (1 - cloth)
    assert float(found[gap > 0].mean()) > 0.75
    assert int((found & cloth).sum()) < 0.01 * int(cloth.sum())


def test_a_gap_is_followed_to_its_tip_on_boards_too() -> None:
    """The lower part of a gap was found; its upper part, in shadow on wood, goes too."""
    cloth, filled = sleeved()
    colour = np.zeros((TALL, WIDE, 3), np.float32) + np.array((196, 210, 224), np.float32)
    shown = photographed(colour, cloth)
    boards = 0.85 + 0.15 * np.sin(np.arange(WIDE) / 3)[None, :, None]
    wood = np.where(cloth[..., None] > 0, shown, shown * (0.72, 0.55, 0.36) * boards)
    half_open = filled.copy()
    half_open[300:] &= cloth[300:]
    gap = half_open & (1 - cloth)
    left = followed(to_lab(wood.astype(np.float32)), half_open)
    assert float(left[gap > 0].mean()) < 0.35
    assert int((cloth & (1 - left)).sum()) < 0.01 * int(cloth.sum())


def test_white_stripes_beside_a_white_gap_stay() -> None:
    cloth, _ = sleeved()
    stripes = (np.indices(cloth.shape)[0] // 14 % 2 == 0)[..., None]
    colour = np.where(stripes, CLOTH, GROUND).astype(np.float32)
    shown = photographed(colour, cloth)
    left = followed(to_lab(shown), cloth)
    assert int((cloth & (1 - left)).sum()) < 0.01 * int(cloth.sum())


@pytest.mark.parametrize("panel", [(150, 147, 142), (205, 201, 194)])
def test_cloth_in_the_grounds_own_hue_is_no_gap(panel: tuple[int, int, int]) -> None:
    """A grey panel down the side, and a grey print, on grey ground: both are product."""
    cloth, _ = sleeved()
    colour = np.zeros((TALL, WIDE, 3), np.float32) + np.array(CLOTH, np.float32)
    colour[200:300, 200:280] = panel
    colour[120:460, 290:321] = panel
    assert not opened(photographed(colour, cloth), cloth, cloth).any()


def dressed(neck: tuple[int, int, int] | None, pompon: bool = False) -> Drawn:
    cloth, _ = sleeved()
    colour = np.zeros((TALL, WIDE, 3), np.float32) + np.array(CLOTH, np.float32)
    mask = cloth.copy()
    if neck is not None:
        held = np.zeros_like(mask)
        if pompon:
            cv2.circle(held, (240, 92), 34, 1, -1)
        else:
            cv2.rectangle(held, (210, 60), (270, 119), 1, -1)
        colour[held > 0] = neck
        mask |= held
    return photographed(colour, mask), mask


def test_a_mannequins_neck_is_left_out() -> None:
    small, mask = dressed((217, 199, 178))
    kept = unheld(to_lab(small), mask)
    cloth = sleeved()[0]
    assert int(kept[:112].sum()) == 0
    assert int((cloth & (1 - kept)).sum()) < 0.01 * int(cloth.sum())


def test_straps_beside_a_neck_stay_as_wide_as_they_are() -> None:
    straps, neck = np.zeros((TALL, WIDE), np.uint8), np.zeros((TALL, WIDE), np.uint8)
    straps[200:460, 130:350] = 1
    straps[80:205, 196:208] = straps[80:205, 272:284] = 1
    neck[120:200, 211:269] = 1
    colour = np.where(neck[..., None] > 0, (217, 199, 178), CLOTH).astype(np.float32)
    small = photographed(colour, straps | neck)
    left = unheld(to_lab(cv2.GaussianBlur(small, (0, 0), 0.8)), straps | neck)
    assert float(left[(straps > 0)].mean()) > 0.995
    assert float(left[neck > 0].mean()) < 0.05


@pytest.mark.parametrize(
    ("neck", "pompon"), [(None, False), (CLOTH, False), ((217, 199, 178), True)],
    ids=["no neck", "a stand-up collar of the same cloth", "a pompon"],
)  # fmt: skip
def test_what_is_no_neck_stays(neck: tuple[int, int, int] | None, pompon: bool) -> None:
    small, mask = dressed(neck, pompon)
    assert np.array_equal(unheld(to_lab(small), mask), mask)


def hung(tone: tuple[int, int, int]) -> Drawn:
    """The jumper on a hanger: a hook, and the bar that shows in the neckline."""
    cloth, _ = sleeved()
    colour = np.zeros((TALL, WIDE, 3), np.float32) + np.array(CLOTH, np.float32)
    held = np.zeros_like(cloth)
    cv2.polylines(held, [np.array([(205, 119), (240, 96), (275, 119)])], False, 1, 9)
    cv2.line(held, (240, 96), (240, 64), 1, 4)
    cv2.ellipse(held, (230, 64), (10, 14), 0, -180, 10, 1, 4)
    held[120:] = 0
    colour[held > 0] = tone
    mask = cloth | held
    return photographed(colour, mask), mask


def test_a_hanger_is_left_out() -> None:
    small, mask = hung((176, 138, 92))
    kept = unheld(to_lab(small), mask)
    cloth = sleeved()[0]
    assert int(kept[:108].sum()) == 0
    assert int((cloth & (1 - kept)).sum()) < 0.01 * int(cloth.sum())


def test_a_loop_of_the_garments_own_cloth_stays() -> None:
    small, mask = hung(CLOTH)
    assert np.array_equal(unheld(to_lab(small), mask), mask)


def test_the_middle_of_a_bags_handle_is_open_in_a_draft(warm_networks: Networks) -> None:
    """It lies so far from the cloth that only the network judged it, which filled it."""
    shot = photo.read(SAMPLES / "products" / "tote-canvas.jpg", 883)
    alpha = cut(shot, warm_networks, no_check, swift=True).alpha
    height, width = alpha.shape
    loop = alpha[int(0.18 * height) : int(0.30 * height), int(0.42 * width) : int(0.58 * width)]
    assert float(loop.mean()) < 0.02


def test_a_grey_hoodies_gaps_on_pale_ground_are_open_far_up(warm_networks: Networks) -> None:
    """Its palest folds lie near the shaded ground in the gap, the hoodie does not."""
    shot = photo.read(SAMPLES / "products" / "hoodie-grey.jpg", 1178)
    alpha = cut(shot, warm_networks, no_check).alpha
    assert float(alpha[724:760, 250:254].max()) < 0.2
    assert float(alpha[600:680, 240:270].min()) > 0.9, "the cloth above its tip stays"
