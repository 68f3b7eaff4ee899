"""Garments on people: points of the outline, the bend, the photo check and whole drafts."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.engine import limits, mesh, photo
from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.filters import largest
from stylestudio_desktop.engine.garment import leg_points, top_points
from stylestudio_desktop.engine.kinds import guessed
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.person import FACE, Person, _stands_apart, read_person
from stylestudio_desktop.engine.picture import DRAFT
from stylestudio_desktop.engine.render import render
from stylestudio_desktop.engine.suitability import against, reasons
from tests.engine.conftest import MASKS, SAMPLES, no_check

PEOPLE = SAMPLES / "people"


def mask_of(name: str) -> np.ndarray:
    with Image.open(MASKS / f"{name}.png") as picture:
        return np.asarray(picture.convert("L").resize((450, 500)), np.float32) / 255


def quiet(stage_name: str, progress: float) -> None:
    """Take reports and say nothing."""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("tee-black", "top"),
        ("hoodie-grey", "top"),
        ("dress-evening", "dress"),
        ("jeans-blue", "trousers"),
        ("shorts-sand", "shorts"),
        ("skirt-pleated", "skirt"),
        ("handbag-rust", "bag"),
        ("tote-canvas", "bag"),
        ("sneaker-white", "shoes"),
        ("boot-brown", "shoes"),
        ("beanie-mustard", "other"),
    ],
)
def test_kind_is_guessed_from_the_outline(name: str, kind: str) -> None:
    assert guessed(mask_of(name)) == kind


def test_points_of_a_tee() -> None:
    panel = top_points(mask_of("tee-black"), "top")
    assert panel.shoulders is not None
    assert panel.pits is not None
    left, top, right, bottom = panel.box
    assert abs(panel.axis - (left + right) / 2) < 0.05 * (right - left)
    assert (panel.pits[:, 1] > panel.shoulders[:, 1]).all()
    assert panel.shoulders[0, 0] < panel.axis < panel.shoulders[1, 0]
    for sleeve in panel.sleeves:
        assert sleeve is not None
        assert 0.1 * (bottom - top) < sleeve.length < 0.5 * (bottom - top)


def test_points_of_jeans() -> None:
    legs = leg_points(mask_of("jeans-blue"))
    _, top, _, bottom = legs.box
    assert top + 0.2 * (bottom - top) < legs.crotch[1] < top + 0.5 * (bottom - top)
    assert legs.centres[0][:, 0].max() < legs.crotch[0] < legs.centres[1][:, 0].min()


def test_bend_is_rigid_when_targets_are() -> None:
    """A mesh whose targets are a turned copy of itself must turn without any strain."""
    grid = mesh.over_mask(np.ones((120, 90), np.float32), lambda points: np.zeros(len(points), int))
    angle = 0.5
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    targets = grid.points @ turn + [30, 10]
    weights = np.full(len(targets), 0.5)
    places = mesh.bent(grid, targets, weights, 1.0)
    assert float(np.abs(places - targets).max()) < 0.1
    lengths = np.linalg.norm(places[grid.triangles[:, 0]] - places[grid.triangles[:, 1]], axis=1)
    rest = np.linalg.norm(
        grid.points[grid.triangles[:, 0]] - grid.points[grid.triangles[:, 1]], axis=1
    )
    assert float(np.abs(lengths / rest - 1).max()) < 0.05


def test_raster_brings_back_the_same_picture() -> None:
    grid = mesh.over_mask(np.ones((80, 60), np.float32), lambda points: np.zeros(len(points), int))
    order = np.zeros(len(grid.triangles), int)
    x, y, part = mesh.rastered(grid, grid.points, order, (80, 60))
    assert (part >= 0).all()
    rows, columns = np.mgrid[0:80, 0:60]
    assert float(np.abs(x - columns).max()) < 1e-3
    assert float(np.abs(y - rows).max()) < 1e-3


@pytest.fixture(scope="module")
def model(warm_networks: Networks) -> Person:
    return read_person(photo.read(PEOPLE / "person-1.jpg", 700), warm_networks, no_check)


def test_person_is_read(model: Person) -> None:
    assert model.score > 0.9
    assert model.hips[1] > model.shoulders[1]
    assert model.points[model.sides[0][0], 0] < model.points[model.sides[1][0], 0]
    assert 0.1 < float((model.alpha > 0.5).mean()) < 0.5
    for kind in ("top", "dress", "trousers", "skirt", "shorts"):
        assert against(model, kind) == []


def test_a_thing_beside_a_person_is_no_company(warm_networks: Networks) -> None:
    shot = photo.read(PEOPLE / "person-1.jpg", 700)
    alpha = np.zeros(shot.rgb.shape[:2], np.float32)
    alpha[100:600, 20:60] = alpha[100:600, 150:250] = 1
    body = largest((alpha > 0.5).astype(np.uint8))
    assert not _stands_apart(shot.rgb, alpha, body, warm_networks)


def elbows_level(model: Person) -> np.ndarray:
    """Return the landmarks with both arms held out to the sides."""
    points = model.points.copy()
    for side in model.sides:
        length = float(np.hypot(*(points[side[1]] - points[side[0]])))
        out = model.right * np.sign((points[side[0]] - model.shoulders) @ model.right)
        points[side[1]] = points[side[0]] + out * length - model.up * 0.05 * length
        points[side[2]] = points[side[1]] + out * length - model.up * 0.2 * length
    return points


def wrist_up(model: Person) -> np.ndarray:
    """Return the landmarks with one forearm turned up beside the body."""
    points = model.points.copy()
    _, elbow, wrist = model.sides[0][:3]
    length = float(np.hypot(*(points[wrist] - points[elbow])))
    points[wrist] = points[elbow] + length * (0.9 * model.up - 0.4 * model.right)
    return points


def test_check_refuses_what_does_not_fit(model: Person) -> None:
    crossed = model.points.copy()
    for side in model.sides:
        crossed[side[2]] = (model.shoulders + model.hips) / 2
    assert "crosses" in against(dataclasses.replace(model, points=crossed), "top")[0]
    narrow = model.points.copy()
    middle = model.shoulders
    for joint in (11, 12):
        narrow[joint] = middle + (narrow[joint] - middle) * 0.3
    assert "turned" in against(dataclasses.replace(model, points=narrow), "top")[0]
    for raised in (elbows_level(model), wrist_up(model)):
        for kind in ("top", "jacket", "dress"):
            assert "raised" in against(dataclasses.replace(model, points=raised), kind)[0]
        assert against(dataclasses.replace(model, points=raised), "trousers") == []
    height = int(model.hips[1] + 5)
    cropped = model.cropped(0, 0, model.alpha.shape[1], height)
    assert "lower body" in against(cropped, "trousers")[0]
    assert "No clear pose" in against(dataclasses.replace(model, score=0.1), "top")[0]
    behind = model.points.copy()
    behind[[11, 12]] = behind[[12, 11]]
    assert "from behind" in against(dataclasses.replace(model, points=behind), "top")[0]
    seated = model.points.copy()
    seated[[27, 28]] = model.hips - model.up * 0.8 * model.torso
    assert "sits" in against(dataclasses.replace(model, points=seated), "trousers")[0]
    assert against(dataclasses.replace(model, points=seated), "top") == []
    faces = model.parts.copy()
    faces[FACE] = np.maximum(faces[FACE], np.roll(faces[FACE], 150, axis=0))
    assert "more than one" in against(dataclasses.replace(model, parts=faces), "top")[0]
    twice = model.alpha.copy()
    half = twice.shape[1] // 2
    twice = np.concatenate([model.alpha, model.alpha[:, :half], model.alpha[:, half:]], axis=1)
    assert "more than one" in against(dataclasses.replace(model, alpha=twice), "top")[0]


@pytest.mark.parametrize(("garment", "kind"), [("tee-blue", "top"), ("jeans-blue", "trousers")])
def test_two_people_who_stand_apart_are_two(
    garment: str, kind: str, warm_networks: Networks, tmp_path: Path
) -> None:
    with Image.open(PEOPLE / "person-1.jpg") as one, Image.open(PEOPLE / "person-4.jpg") as other:
        both = Image.new("RGB", (2 * one.width, one.height))
        both.paste(one, (0, 0))
        both.paste(other.resize(one.size), (one.width, 0))
        both.save(tmp_path / "both.jpg", quality=95)
    order = worn_order(garment, kind, people=[tmp_path / "both.jpg"])
    assert "more than one person" in reasons(order, warm_networks, quiet)[0]


@pytest.mark.parametrize("kind", ["top", "jacket", "dress", "trousers"])
def test_a_portrait_shows_too_little_to_dress(
    kind: str, warm_networks: Networks, tmp_path: Path
) -> None:
    """The pose network makes up hips for a head and shoulders, and is sure of them."""
    with Image.open(PEOPLE / "person-2.jpg") as picture:
        width, height = picture.size
        box = (int(0.3 * width), int(0.02 * height), int(0.7 * width), int(0.26 * height))
        picture.crop(box).resize((600, 560)).save(tmp_path / "portrait.jpg", quality=95)
    order = worn_order("tee-blue", kind, people=[tmp_path / "portrait.jpg"])
    assert reasons(order, warm_networks, quiet) != []


def test_mannequins_can_wear_everything(warm_networks: Networks) -> None:
    for path in sorted(PEOPLE.glob("mannequin-*.jpg")):
        figure = read_person(photo.read(path, 600), warm_networks, no_check)
        for kind in ("top", "jacket", "dress", "skirt", "trousers", "shorts"):
            assert against(figure, kind) == []


def test_no_person_in_the_photo_is_told(warm_networks: Networks, tmp_path: Path) -> None:
    Image.new("RGB", (400, 600), (120, 130, 140)).save(tmp_path / "wall.jpg")
    with pytest.raises(EngineFault, match=r"wall\.jpg"):
        read_person(photo.read(tmp_path / "wall.jpg", 600), warm_networks, no_check)


def worn_order(garment: str, kind: str, person: int = 1, **changes: object) -> Order:
    return Order.read(
        {
            "products": [SAMPLES / "products" / f"{garment}.jpg"],
            "people": [PEOPLE / f"person-{person}.jpg"],
            "width": 384,
            "height": 512,
            "seed": 4,
            "options": {"garment": kind},
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("garment", "kind", "colour"),
    [("tee-blue", "top", (62, 110, 150)), ("skirt-pleated", "skirt", (125, 48, 56))],
)
def test_draft_shows_the_garment_on_the_person(
    garment: str, kind: str, colour: tuple[int, int, int], warm_networks: Networks, tmp_path: Path
) -> None:
    order = worn_order(garment, kind)
    assert reasons(order, warm_networks, quiet) == []
    made = render(order, tmp_path, warm_networks, quiet)
    assert made[0].mode == "draft"
    assert made[0].label == DRAFT
    with Image.open(made[0].path) as picture:
        assert picture.size == (384, 512)
        pixels = np.asarray(picture, np.float32)
    near = np.abs(pixels - np.array(colour)).max(axis=2) < 45
    assert float(near.mean()) > 0.05
    assert float(near[:, :40].mean()) < 0.02  # and nowhere beside the person


def test_draft_is_the_same_byte_for_byte(warm_networks: Networks, tmp_path: Path) -> None:
    """Also with networks loaded anew: their sums are added in one order."""
    again = Networks(warm_networks.folder, limits.threads())
    files = []
    for name, networks in (("a", warm_networks), ("b", again)):
        (tmp_path / name).mkdir()
        made = render(worn_order("tee-print", "top", 2), tmp_path / name, networks, quiet)
        files.append(Path(made[0].path).read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize("kind", ["shoes", "bag", "other"])
def test_what_can_not_be_worn_is_refused(
    kind: str, warm_networks: Networks, tmp_path: Path
) -> None:
    order = worn_order("sneaker-white", kind)
    assert "studio picture" in reasons(order, warm_networks, quiet)[0]
    with pytest.raises(EngineFault) as caught:
        render(order, tmp_path, warm_networks, quiet)
    assert caught.value.kind == "input"
    assert list(tmp_path.iterdir()) == []
