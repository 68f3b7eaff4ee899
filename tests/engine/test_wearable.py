"""What is no garment is refused before anything is charged, and no garment is."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.cutout import Cutout, cut
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.kinds import guessed
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import WORN, Order
from stylestudio_desktop.engine.render import render
from stylestudio_desktop.engine.suitability import reasons
from stylestudio_desktop.engine.wearable import doubt
from tests.engine.conftest import SAMPLES, no_check
from tests.engine.drawn_odd_garments import GARMENTS
from tests.engine.drawn_things import STYLES, THINGS, UNIT, Pen, outline, photographed

SHAPELESS = "does not have the outline of a garment"
STRANGE = {  # what each is taken for when nobody says what it is
    "mug": SHAPELESS,
    "tall_mug": SHAPELESS,
    "star": SHAPELESS,
    "fat_star": SHAPELESS,
    "sun": SHAPELESS,
    "plant": SHAPELESS,
    "tree": SHAPELESS,
    "umbrella": SHAPELESS,
    "lamp": SHAPELESS,
    "goblet": SHAPELESS,
    "table": SHAPELESS,
    "scissors": SHAPELESS,
    "clover": SHAPELESS,
    "bottle": SHAPELESS,
    "letter_f": SHAPELESS,
    "letter_x": SHAPELESS,
    "book": "plain box",
    "chair": "can't put",
    "bicycle": "can't put",
    "ball": "can't put",
    "car": "can't put",
    "fish": "can't put",
    "letter_a": "can't put",
}
UNLIKE = "does not look like a garment"
PIECES = [
    (SAMPLES / one["file"], one["kind"])
    for one in json.loads((SAMPLES / "collection.json").read_text("utf-8"))["items"]
    if one.get("kind") in WORN
]


def quiet(stage_name: str, progress: float) -> None:
    """Take reports and say nothing."""


def said(path: Path, kind: str, networks: Networks) -> list[str]:
    """Return what the check says of a photo as the garment for a mannequin."""
    person = SAMPLES / "people" / "mannequin-broad.jpg"
    options = {"garment": kind}
    order = Order((path,), (person,), "realistic", "draft", 384, 512, 1, 7, options)
    return reasons(order, networks, quiet)


def doubted(alpha: np.ndarray, kind: str, networks: Networks) -> str | None:
    """Return what is said of an outline alone."""
    rgb = np.full((*alpha.shape, 3), 128, np.float32)
    return doubt(photo.Photo(rgb, None, "x"), Cutout(rgb, alpha), kind, networks)


def turned(alpha: np.ndarray, degrees: float, mirrored: bool) -> np.ndarray:
    room = cv2.copyMakeBorder(alpha, 80, 80, 80, 80, cv2.BORDER_CONSTANT, value=0)
    height, width = room.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    moved = cv2.warpAffine(room, matrix, (width, height))
    return np.ascontiguousarray(moved[:, ::-1]) if mirrored else moved


TAKEN = [(name, sorted(STYLES)[number % len(STYLES)]) for number, name in enumerate(STRANGE)]
TAKEN += [(name, style) for name in ("mug", "star") for style in STYLES]


@pytest.mark.parametrize(("name", "style"), sorted(set(TAKEN)))
def test_a_thing_that_nobody_wears_is_refused(
    name: str, style: str, bare_networks: Networks, tmp_path: Path
) -> None:
    Image.fromarray(photographed(name, style)).save(tmp_path / "thing.png")
    (sentence,) = said(tmp_path / "thing.png", "auto", bare_networks)
    assert STRANGE[name] in sentence
    assert "Nothing was charged. Make a studio picture instead" in sentence


@pytest.mark.parametrize(
    ("name", "style"),
    [(name, sorted(STYLES)[number % len(STYLES)]) for number, name in enumerate(THINGS)],
)
def test_no_thing_passes_whatever_it_is_called(
    name: str, style: str, warm_networks: Networks, tmp_path: Path
) -> None:
    Image.fromarray(photographed(name, style)).save(tmp_path / "thing.png")
    for kind in ("auto", "top", "skirt"):
        (sentence,) = said(tmp_path / "thing.png", kind, warm_networks)
        assert "Nothing was charged. Make a studio picture instead" in sentence


def test_what_no_outline_tells_is_recognised(warm_networks: Networks, tmp_path: Path) -> None:
    for name in ("teapot", "cushion", "heart", "letter_t", "house"):
        Image.fromarray(photographed(name, "flat")).save(tmp_path / "thing.png")
        assert UNLIKE in said(tmp_path / "thing.png", "top", warm_networks)[0]


@pytest.mark.parametrize("name", ["handbag-rust", "jeans-blue"])
def test_what_was_not_checked_is_refused_when_it_is_made(
    name: str, warm_networks: Networks, tmp_path: Path
) -> None:
    """A picture may be asked for before its photos were looked at, or in spite of what was said."""
    product, person = SAMPLES / "products" / f"{name}.jpg", SAMPLES / "people" / "person-1.jpg"
    options = {"garment": "top"}
    order = Order((product,), (person,), "realistic", "draft", 384, 512, 1, 7, options)
    with pytest.raises(EngineFault, match="Nothing was charged") as caught:
        render(order, tmp_path, warm_networks, quiet)
    assert caught.value.kind == "input"
    assert [caught.value.sentence] == reasons(order, warm_networks, quiet)
    assert list(tmp_path.iterdir()) == []


def test_a_garment_under_a_wrong_kind_is_asked_for(warm_networks: Networks) -> None:
    (sentence,) = said(SAMPLES / "products" / "jeans-blue.jpg", "top", warm_networks)
    assert sentence.startswith("The product looks like trousers or shorts; choose that as its kind")
    (sentence,) = said(SAMPLES / "products" / "tee-blue.jpg", "skirt", warm_networks)
    assert sentence.startswith("The product looks like a top; choose that as its kind")


@pytest.mark.parametrize("name", ["mug", "star", "tree", "plant", "hand", "umbrella"])
def test_calling_it_a_top_does_not_make_it_one(name: str, bare_networks: Networks) -> None:
    assert SHAPELESS in str(doubted(outline(name), "top", bare_networks))


def test_a_belt_is_no_top(bare_networks: Networks) -> None:
    large = Image.new("L", (100 * UNIT, 100 * UNIT), 0)
    Pen(ImageDraw.Draw(large)).ring(50, 50, 34, 6)
    belt = np.asarray(large.resize((640, 640)), np.float32) / 255
    assert SHAPELESS in str(doubted(belt, "top", bare_networks))


def test_a_box_may_be_a_skirt(bare_networks: Networks) -> None:
    book = outline("book")
    assert "if it is a skirt" in str(doubted(book, "dress", bare_networks))
    assert doubted(book, "skirt", bare_networks) is None


def test_a_photo_full_of_cloth_has_no_outline(bare_networks: Networks) -> None:
    cloth = np.ones((300, 400), np.float32)
    assert "No outline" in str(doubted(cloth, "top", bare_networks))
    assert "No outline" in str(doubted(cloth, "skirt", bare_networks))


def test_a_garment_that_fills_its_photo_passes(bare_networks: Networks) -> None:
    """What other programs cut out is often cropped to the very edge."""
    path, kind = next(each for each in PIECES if each[1] == "skirt")
    alpha = cut(photo.read(path, 500), bare_networks, no_check).alpha
    rows, columns = np.nonzero(alpha > 0.5)
    close = alpha[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert doubted(np.ascontiguousarray(close), kind, bare_networks) is None
    cloth = np.ones((400, 200), np.float32)
    own = photo.Photo(np.full((400, 200, 3), 90, np.float32), cloth, "straight.png")
    assert doubt(own, Cutout(own.rgb, cloth), "skirt", bare_networks) is None


def test_a_mask_of_nothing_is_refused(bare_networks: Networks) -> None:
    """Somebody may have painted all of it away, or all but a hair."""
    alpha = np.zeros((700, 700), np.float32)
    assert "No outline" in str(doubted(alpha, "top", bare_networks))
    np.fill_diagonal(alpha, 1)
    assert SHAPELESS in str(doubted(alpha, "top", bare_networks))


def test_things_apart_are_no_garment(bare_networks: Networks) -> None:
    """A row of trees in a landscape, or two products of which none was chosen."""
    alpha = np.zeros((400, 600), np.float32)
    alpha[150:250, 50:200] = alpha[140:260, 350:520] = 1
    assert "several things" in str(doubted(alpha, "top", bare_networks))
    alpha[:, 300:] = 0
    alpha[150:250, 204:230] = 1  # a crumb that nearly touches is one with it
    assert "several things" not in str(doubted(alpha, "skirt", bare_networks))


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", ["auto", "top"])
def test_a_person_is_no_garment(number: int, kind: str, warm_networks: Networks) -> None:
    path = SAMPLES / "people" / f"person-{number}.jpg"
    assert "shows a person" in said(path, kind, warm_networks)[0]


@pytest.mark.parametrize("part", [(0.0, 0.3), (0.0, 0.55), (0.14, 1.0)])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_part_of_a_person_is_no_garment(
    part: tuple[float, float], number: int, warm_networks: Networks, tmp_path: Path
) -> None:
    """A portrait, a photo down to the hips, and one without the head."""
    with Image.open(SAMPLES / "people" / f"person-{number}.jpg") as whole:
        top, bottom = (round(share * whole.height) for share in part)
        whole.crop((0, top, whole.width, bottom)).save(tmp_path / "part.jpg", quality=95)
    assert "shows a person" in said(tmp_path / "part.jpg", "top", warm_networks)[0]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_person_without_colour_is_no_garment(
    number: int, warm_networks: Networks, tmp_path: Path
) -> None:
    with Image.open(SAMPLES / "people" / f"person-{number}.jpg") as whole:
        whole.convert("L").save(tmp_path / "grey.jpg", quality=95)
    shot = photo.read(tmp_path / "grey.jpg", 768)
    found = cut(shot, warm_networks, no_check)
    assert "shows a person" in str(doubt(shot, found, "top", warm_networks))


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_face_that_is_printed_on_a_garment_is_none(
    number: int, warm_networks: Networks, tmp_path: Path
) -> None:
    with Image.open(SAMPLES / "people" / f"person-{number}.jpg") as person:
        head = person.crop((round(0.3 * person.width), 0, round(0.7 * person.width), 320))
    with Image.open(SAMPLES / "products" / "tee-blue.jpg") as tee:
        wide = round(0.3 * tee.width)
        printed = head.resize((wide, wide * head.height // head.width))
        tee.paste(printed, ((tee.width - wide) // 2, round(0.35 * tee.height)))
        tee.save(tmp_path / "printed.jpg", quality=95)
    assert said(tmp_path / "printed.jpg", "top", warm_networks) == []


def test_our_mannequin_is_no_garment_without_any_network(bare_networks: Networks) -> None:
    path = SAMPLES / "people" / "mannequin-broad.jpg"
    assert "shows a person" in said(path, "top", bare_networks)[0]


@pytest.mark.parametrize(("path", "kind"), PIECES, ids=[path.stem for path, _ in PIECES])
def test_no_garment_of_the_collection_is_refused(
    path: Path, kind: str, warm_networks: Networks, bare_networks: Networks
) -> None:
    assert said(path, kind, warm_networks) == []
    shot = photo.read(path, 768)
    alpha = cut(shot, warm_networks, no_check).alpha
    for degrees in (-8, 0, 8):
        for mirrored in (False, True):
            lying = turned(alpha, degrees, mirrored)
            for each in {kind, guessed(lying)} & set(WORN):
                assert doubted(lying, each, bare_networks) is None


@pytest.mark.parametrize("name", sorted(GARMENTS))
def test_no_garment_that_lies_oddly_is_refused(name: str, bare_networks: Networks) -> None:
    draw, kind = GARMENTS[name]
    large = Image.new("L", (100 * UNIT, 100 * UNIT), 0)
    draw(Pen(ImageDraw.Draw(large)))
    alpha = np.asarray(large.resize((640, 640), Image.Resampling.BOX), np.float32) / 255
    for degrees in (-8, 0, 8):
        for mirrored in (False, True):
            assert doubted(turned(alpha, degrees, mirrored), kind, bare_networks) is None
