"""What real product photos have: borders, tight frames, laces, black shadows, pale leather."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import framed, sheer
from stylestudio_desktop.engine import ground as grounds
from stylestudio_desktop.engine.castshadow import _pools
from stylestudio_desktop.engine.cutout import cut
from stylestudio_desktop.engine.filters import closed, to_lab
from stylestudio_desktop.engine.flecks import Flecks
from stylestudio_desktop.engine.ground import Ground
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.photo import Photo
from stylestudio_desktop.engine.plain import _opened
from tests.engine.conftest import drawn_tee, no_check
from tests.engine.drawn_cloth import (
    SAGE,
    dots,
    folds,
    light,
    looked_through,
    lower,
    panel,
    photographed,
)

SIDE = 480
WHITE = 255.0


class Believed(Networks):
    """Networks that say what they are told to say about the product."""

    def __init__(self, guess: np.ndarray) -> None:
        self.guess = guess

    def has(self, name: str) -> bool:
        """Say that every network is there."""
        return bool(name)

    def salient(self, rgb: np.ndarray, *, swift: bool = False) -> np.ndarray:
        """Return the guess at the size that is asked for."""
        return cv2.resize(self.guess, rgb.shape[1::-1], interpolation=cv2.INTER_AREA)


def filed(picture: np.ndarray) -> np.ndarray:
    """Return `picture` as it comes out of a JPEG file."""
    kept = io.BytesIO()
    Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(kept, "JPEG", quality=92)
    return np.asarray(Image.open(kept), np.float32)


def coloured(alpha: np.ndarray, colour: float, ground: np.ndarray) -> np.ndarray:
    """Lay a product of one grey over `ground`."""
    return ground * (1 - alpha[..., None]) + colour * alpha[..., None]


def shape(points: list[tuple[int, int]]) -> np.ndarray:
    """Return a filled outline with soft edges."""
    large = np.zeros((4 * SIDE, 4 * SIDE), np.uint8)
    cv2.fillPoly(large, [(np.array(points) * 4).astype(np.int32)], 255)
    return cv2.resize(large, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def shoe() -> np.ndarray:
    """Return a shoe's outline."""
    return shape([(60, 300), (60, 250), (220, 190), (300, 120), (410, 130), (420, 300)])


def even() -> np.ndarray:
    """Return white ground."""
    return np.full((SIDE, SIDE, 3), WHITE, np.float32)


def overlap(alpha: np.ndarray, truth: np.ndarray) -> float:
    """Return the soft intersection over union."""
    return float(np.minimum(alpha, truth).sum() / np.maximum(alpha, truth).sum())


def test_a_photo_that_a_shop_laid_into_a_white_square_is_cut_out(bare_networks: Networks) -> None:
    photo = drawn_tee(420).astype(np.float32)
    alone = cut(Photo(photo, None, "tee"), bare_networks, no_check).alpha
    square = np.full((430, 560, 3), WHITE, np.float32)
    square[4:424, 70:490] = photo
    found = cut(Photo(filed(square), None, "square"), bare_networks, no_check)
    assert found.alpha.shape == (430, 560)
    assert found.colour.shape == (430, 560, 3)
    assert overlap(found.alpha[4:424, 70:490], alone) > 0.98
    assert float(found.alpha[:, :66].max()) == 0


def test_only_a_straight_seam_across_the_whole_picture_is_a_border() -> None:
    whole = slice(0, SIDE), slice(0, SIDE)
    bag = even()
    bag[150:400, 30:450] = 90  # its own straight top spans seven eighths of the frame
    assert framed.within(filed(bag)) == whole
    dawn = even() - np.linspace(0, 90, SIDE, dtype=np.float32)[:, None, None]
    assert framed.within(dawn) == whole
    assert framed.within(even()) == whole
    strip = even()
    strip[200:280] = 120  # more border than photo
    assert framed.within(strip) == whole


def test_the_ground_between_a_product_and_the_frame_stays_ground(bare_networks: Networks) -> None:
    treads = np.zeros((40, 60), np.uint8)
    treads[:37] = 1
    assert not closed(treads, 3)[37:].any()
    notched = treads.copy()
    notched[5:30, 20:23] = 0
    assert closed(notched, 3)[10:25].all()
    sole = np.zeros((SIDE, SIDE), np.float32)
    sole[300:476, 20:460] = 1
    found = cut(Photo(coloured(sole, 40, even()), None, "sole"), bare_networks, no_check)
    assert float(found.alpha[478:, 40:440].max()) < 0.1


def test_a_lace_in_the_air_is_no_shadow(bare_networks: Networks) -> None:
    ground = np.full((SIDE, SIDE, 3), 229, np.float32)
    lace = np.zeros((SIDE, SIDE), np.float32)
    way = np.array([(220, 200), (150, 170), (120, 90), (60, 60), (30, 100)], np.int32)
    cv2.polylines(lace, [way], False, 1.0, 2, cv2.LINE_AA)
    lace = cv2.GaussianBlur(lace, (0, 0), 0.6).clip(0, 1) * 0.95
    shown = coloured(np.maximum(shoe(), lace), 30, ground)
    found = cut(Photo(filed(shown), None, "trainer"), bare_networks, no_check).alpha
    apart = (lace > 0.35) & (cv2.dilate(shoe(), np.ones((15, 15))) < 0.01)
    assert apart.sum() > 150
    assert float((found[apart] > 0.15).mean()) > 0.9


def fading(product: np.ndarray) -> np.ndarray:
    """Return what a nearly black shadow under a product leaves of the light."""
    under = shape([(30, 300), (400, 300), (330, 330), (60, 330)])
    dark = cv2.GaussianBlur(under, (0, 0), 9) * (1 - product)
    return (1 - 0.93 * dark)[..., None]


def test_a_shadow_as_black_as_the_sole_goes_where_the_network_leaves_it_out() -> None:
    product = shoe()
    shown = coloured(product, 34, even() * fading(product))
    guess = cv2.GaussianBlur(product, (0, 0), 2)
    found = cut(Photo(shown, None, "shoe"), Believed(guess), no_check).alpha
    assert overlap(found, product) > 0.97
    below = fading(product)[..., 0] < 0.6
    assert below.sum() > 2000
    assert float(found[below & (guess < 0.1)].mean()) < 0.1


@pytest.mark.parametrize("colour", [34.0, 225.0])
def test_what_the_network_missed_but_ends_sharply_is_product(colour: float) -> None:
    """A strap, and a white sole."""
    product, strap = shoe(), shape([(90, 300), (420, 300), (420, 328), (90, 328)])
    shown = coloured(strap, colour, coloured(product, 34, even()))
    both = (np.maximum(product, strap) > 0.5).astype(np.uint8)
    lab = to_lab(cv2.GaussianBlur(shown, (0, 0), 0.8))
    fitted = grounds.fit(lab, cv2.dilate(both, np.ones((9, 9), np.uint8)))
    guess = cv2.GaussianBlur(product, (0, 0), 2)
    assert not _pools(shown, both, guess, fitted).any()


def test_on_rough_ground_a_side_in_shade_that_the_network_saw_is_kept() -> None:
    mask = (shoe() > 0.5).astype(np.uint8)
    far = np.where(mask > 0, 40, 0).astype(np.float32)
    far[270:296, 100:300] = 3  # in shade it has the ground's own colour
    guess = mask * np.float32(0.95)
    field = np.zeros((SIDE, SIDE, 3), np.float32)
    assert _opened(mask, Ground(field, far, 3.0, 1.0), guess)[280, 200]
    assert not _opened(mask, Ground(field, far, 0.5, 1.0), guess)[280, 200]


def test_pinholes_darker_than_any_shaded_ground_are_no_lace() -> None:
    plane = np.zeros((4, 4), np.float32)
    rough = Ground(np.zeros((4, 4, 3), np.float32), plane, 3.2, 0.97)
    holes = Flecks(plane, 60, 0.3, 0.02, 0.55, 1.5, 26.0, 4.1, 7.6, True)
    assert sheer._ground_like(holes, rough)
    dark = Flecks(plane, 60, 0.3, 0.02, 0.14, 1.5, 26.0, 4.1, 7.6, True)
    assert not sheer._ground_like(dark, rough)


def test_pale_leather_with_warmer_creases_is_no_veil() -> None:
    """A beige boot on pale grey, whose sole has its colour in full."""
    crease = (1 - folds(1.0))[..., None]
    leather = light((228, 217, 201)) * (1 - crease) + light((222, 206, 184)) * crease
    sole = (np.arange(panel().shape[0]) > 440)[:, None, None]
    shown = photographed(np.where(sole, light((236, 206, 166)), leather), panel(), (245, 244, 242))
    assert looked_through(shown, panel()).told != "opened"


def test_lights_on_metal_are_no_holes_where_no_shadow_lies_beside_them() -> None:
    """A black camera that floats before green paper, which its metal mirrors a little darker."""
    cover, shine = panel()[..., None], (dots(3.0) * lower())[..., None]
    body = np.full((*panel().shape, 3), 36, np.float32)
    paper = np.zeros_like(body) + np.array(SAGE, np.float32)
    dim = 255 * (0.72 * (paper / 255) ** 2.2) ** (1 / 2.2)
    shown = paper * (1 - cover) + (body * (1 - shine) + dim * shine) * cover
    noise = np.random.default_rng(2).normal(0, 1.0, shown.shape)
    assert looked_through(filed(shown + noise), panel()).told != "opened"


def jacket(side: int) -> np.ndarray:
    """Return a jacket's outline, with a gap of a hundredth of `side` beside its body."""
    large = np.zeros((8 * side, 8 * side), np.float32)
    units = 8 * side / 100
    for left, top, right, bottom in ((30, 15, 70, 85), (19, 20, 29, 80), (71, 20, 81, 80)):
        large[
            round(top * units) : round(bottom * units), round(left * units) : round(right * units)
        ] = 1
    large[round(15 * units) : round(35 * units), round(19 * units) : round(81 * units)] = 1
    return cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("side", [200, 480])
def test_a_gap_of_a_few_pixels_is_open_where_the_network_sees_it_too(side: int) -> None:
    """Also in a shop's thumbnail, which is looked at larger than it is."""
    truth = jacket(side)
    ground = np.full((side, side, 3), WHITE, np.float32)
    shown = filed(coloured(truth, 60, ground))
    found = cut(Photo(shown, None, "suit"), Believed(truth), no_check).alpha
    row = slice(round(0.45 * side), round(0.7 * side))
    middle = round(0.295 * side)
    assert float(found[row, middle - 1 : middle + 2].min(axis=1).mean()) < 0.4
    assert overlap(found, truth) > 0.97
