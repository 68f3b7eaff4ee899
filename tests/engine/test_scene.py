"""Scenes: what is known of a drawn room is found, and products are set into it honestly."""

import functools
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from stylestudio_desktop.domain.scene import plane_of
from stylestudio_desktop.engine import setting
from stylestudio_desktop.engine.cutout import Cutout
from stylestudio_desktop.engine.faults import Cancelled, EngineFault
from stylestudio_desktop.engine.layer import Subject, subject
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import Order
from stylestudio_desktop.engine.render import render
from stylestudio_desktop.engine.scene import composer, finding, lamp, sampling, shade, texture
from stylestudio_desktop.engine.scene.camera import camera_of
from stylestudio_desktop.engine.scene.reading import Scene, read_scene
from stylestudio_desktop.engine.stage import canvas_size
from stylestudio_desktop.engine.suitability import reasons
from tests.engine.conftest import drawn_tee, no_check
from tests.engine.drawn_rooms import Room, plaster, room

SIZE = (384, 384)
SMALL = (720, 540)


@functools.cache
def drawn(kind: str, lit_from: str = "left", grain: float = 2.0) -> Room:
    if kind == "plaster":
        return plaster((540, 720), lit_from, grain)
    return room(kind, SMALL, lit_from, grain)


@functools.cache
def block(noise: float = 0.0) -> Subject:
    """A plain box with two stripes and, if asked, grain of its own: cut out exactly."""
    colour = np.full((300, 260, 3), (150, 60, 50), np.float32)
    colour[100:140] = (230, 220, 200)
    colour[200:210] = (20, 60, 120)
    rng = np.random.default_rng(2)
    colour += rng.normal(0, noise, colour.shape[:2])[..., None] if noise else 0
    alpha = np.zeros((300, 260), np.float32)
    alpha[20:280, 20:240] = 1
    return subject(Cutout(colour, cv2.GaussianBlur(alpha, (0, 0), 0.7)))


@pytest.fixture
def photo_of(tmp_path: Path):
    def kept(shown: Room, name: str = "room") -> Path:
        path = tmp_path / f"{name}.png"
        Image.fromarray(shown.rgb).save(path, compress_level=1)
        return path

    return kept


def scene_of(path: Path, shown: Room, garment: str = "bag", **options: str) -> Scene:
    asked = {"plane": plane_of([*shown.corners]).text(), **options}
    return read_scene(path, asked, garment, SIZE, no_check)


def made(found: Scene, seed: int = 1, *, item: Subject | None = None, **options: str) -> np.ndarray:
    asked = setting.read(options, "bag", "realistic")
    return composer.composed(
        found, [item or block()], "realistic", SIZE, seed, setting=asked, garment="bag",
        check=no_check,
    )  # fmt: skip


def own_pixels(found: Scene, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return colour and coverage of the box, resampled from its photo into the picture."""
    places, _, _ = composer.planned(found, [block()], SIZE, seed)
    grow = SIZE[0] / canvas_size(SIZE)[0]
    grown = np.array([[grow, 0, 0.5 * grow - 0.5], [0, grow, 0.5 * grow - 0.5], [0, 0, 1]])
    item = sampling.softened(sampling.Item(block(), grown @ places[0].matrix), 0.0)
    return sampling.window(item, (0, 0, *SIZE))


def mask_of(found: Scene, seed: int = 1) -> np.ndarray:
    return own_pixels(found, seed)[1]


def test_a_lawn_turns_no_white_shirt_green() -> None:
    """A photo's light is warm or cool; what is green or pink in it are its things."""
    found = drawn("tiles")
    camera = camera_of(plane_of([*found.corners]), SMALL)
    for tint in ((0.8, 1.15, 0.6), (1.2, 0.9, 1.05)):
        red, green, blue = lamp.lamp_of((found.rgb * tint).clip(0, 255), camera).colour
        assert red * blue == pytest.approx(green * green, rel=0.02)


@pytest.mark.parametrize("kind", ["tiles", "boards", "table"])
def test_the_camera_is_read_out_of_a_rectangle(kind: str) -> None:
    """Fields of known proportions; seen square on, the lens is not told, and taken as usual."""
    shown = drawn(kind)
    camera = camera_of(plane_of([*shown.corners]), SMALL)
    deep = {"tiles": 1.3 / 1.24, "boards": 1.1 / 1.2, "table": 0.45 / 0.56}[kind]
    assert camera.depth == pytest.approx(deep, rel=0.05)
    corners = np.array([[0, camera.depth], [1, camera.depth], [1, 0], [0, 0]])
    seen = np.array([camera.point(*one) for one in corners]) / SMALL
    np.testing.assert_allclose(seen, shown.corners, atol=1e-3)
    # What rises from the plane is seen above its foot, and about as tall as it is wide here.
    foot, top = camera.point(0.5, 0.3), camera.point(0.5, 0.3, 0.2)
    assert 0.7 < (foot[1] - top[1]) / (0.2 * camera.scale(0.5, 0.3)) <= 1.05
    assert camera.rise > 0.85


@pytest.mark.parametrize("focal", [0.8, 1.4, 2.2])
@pytest.mark.parametrize("turn", [20, 40])
def test_a_turned_rectangle_tells_the_lens_and_its_proportions(focal: float, turn: int) -> None:
    """A table of 1 by 0.7, turned and seen from above by a known camera: nothing is assumed."""
    width, height = SMALL
    down, across = np.deg2rad(32), np.deg2rad(turn)
    flat = np.array([[-0.5, -0.35], [0.5, -0.35], [0.5, 0.35], [-0.5, 0.35]])
    spun = flat @ np.array([[np.cos(across), np.sin(across)], [-np.sin(across), np.cos(across)]])
    x, ahead, below = spun[:, 0], 2.4 * focal + spun[:, 1], 1.5 * focal
    depth = ahead * np.cos(down) + below * np.sin(down)
    lower = below * np.cos(down) - ahead * np.sin(down)
    seen = np.stack([x / depth, lower / depth], axis=-1) * focal * width
    points = [(float(px / width + 0.5), float(py / height + 0.5)) for px, py in seen]
    camera = camera_of(plane_of(points), SMALL)
    assert min(camera.depth, 1 / camera.depth) == pytest.approx(0.7, rel=0.02)


def test_a_wall_seen_from_before_it_is_told_from_a_floor() -> None:
    camera = camera_of(plane_of([*drawn("plaster").corners]), (540, 720))
    assert camera.rise == pytest.approx(0, abs=0.05)
    assert camera.facing > 0.95


@pytest.mark.parametrize("kind", ["tiles", "boards", "table"])
def test_the_ground_is_found_where_nobody_picked_it(kind: str) -> None:
    shown = drawn(kind)
    found = finding.ground(shown.rgb.astype(np.float32))
    ends = {"tiles": 0.50, "boards": 0.44, "table": 0.49}[kind]
    assert min(y for _, y in found.plane.corners) > ends - 0.02  # all of it lies on the ground
    # Its sides run to the same far point as the drawn field's do.
    camera = camera_of(found.plane, SMALL)
    known = camera_of(plane_of([*shown.corners]), SMALL)
    far, true = (one.homography[:, 1] for one in (camera, known))
    apart = far[:2] / far[2] / SMALL - true[:2] / true[2] / SMALL
    assert np.abs(apart).max() < 0.05
    assert found.sure > 0.5
    assert found == finding.ground(shown.rgb.astype(np.float32))


@pytest.mark.parametrize("kind", ["tiles", "table", "sand", "plaster"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_light_is_found_on_its_side(kind: str, side: str) -> None:
    shown = drawn(kind, side)
    size = shown.rgb.shape[1], shown.rgb.shape[0]
    camera = camera_of(plane_of([*shown.corners]), size)
    found = lamp.lamp_of(shown.rgb.astype(np.float32), camera)
    assert (found.side < -0.3) if side == "left" else (found.side > 0.3)
    asked = lamp.lamp_of(shown.rgb.astype(np.float32), camera, "right")
    assert asked.side > 0.9


def test_warm_light_warms_and_dim_light_dims_within_limits() -> None:
    warm = room("boards", (360, 270), warm=1.4)
    camera = camera_of(plane_of([*warm.corners]), (360, 270))
    gains = lamp.gains_of(lamp.lamp_of(warm.rgb.astype(np.float32), camera))
    assert gains[0] > gains[2] * 1.03
    assert gains.min() > 0.7
    assert gains.max() < 1.25
    dim = lamp.lamp_of(warm.rgb.astype(np.float32) * 0.25, camera)
    assert lamp.gains_of(dim).mean() < gains.mean()


@pytest.mark.parametrize(("kind", "side"), [("tiles", "left"), ("table", "right")])
def test_the_shadow_falls_away_from_the_light(kind: str, side: str, photo_of) -> None:
    shown = drawn(kind, side)
    found = scene_of(photo_of(shown), shown)
    assert found.arrangement == "standing"
    with_it = made(found, light="even", grade="none").astype(float)
    places, part, _ = composer.planned(found, [block()], SIZE, 1)
    bare = composer._background(found, part, SIZE).astype(float)
    darker = (bare - with_it).mean(axis=-1).clip(0)
    darker[mask_of(found) > 0.01] = 0
    middle = places[0].box(block().size)
    grown = SIZE[0] / canvas_size(SIZE)[0]
    x = int((middle[0] + middle[2]) / 2 * grown)
    left, right = darker[:, :x].sum(), darker[:, x:].sum()
    assert darker.max() > 25
    assert (right > 2 * left) if side == "left" else (left > 2 * right)
    # Nothing is darkened beyond the far edge of the ground: it would hang in the air.
    camera = composer.planned(found, [block()], SIZE, 1)[2]
    beyond = shade.on_plane(camera, canvas_size(SIZE)[::-1])
    beyond = cv2.resize(beyond, SIZE) < 0.001
    assert darker[beyond].max() < 4


@pytest.mark.parametrize("how", ["standing", "laid"])
def test_the_product_is_touched_by_light_and_grade_alone(how: str, photo_of) -> None:
    """With even light and no grade, the product in the scene is its photo, resampled."""
    shown = drawn("table")
    found = scene_of(photo_of(shown), shown, arrangement=how)
    picture = made(found, light="even", grade="none")
    colour, alpha = own_pixels(found)
    inside = alpha > 0.999
    assert inside.sum() > 3000
    assert np.abs(picture[inside] - colour[inside]).max() <= 1
    # Lit and toned, every channel is the photo's times a smooth gain: stripes stay in place.
    lit = made(found, grade="none").astype(float)
    ratio = (lit[inside] + 2) / (colour[inside] + 2)
    assert np.percentile(ratio, 1) > 0.55
    assert np.percentile(ratio, 99) < 1.4
    assert np.corrcoef(lit[inside].ravel(), colour[inside].ravel())[0, 1] > 0.97


@pytest.mark.parametrize("grain", [0.5, 5.0])
def test_the_product_gets_the_grain_of_the_photo(grain: float, photo_of) -> None:
    shown = drawn("plaster", "left", grain)
    found = scene_of(photo_of(shown), shown, arrangement="laid")
    picture = made(found, item=block(), grade="none").astype(np.float32)
    mask = cv2.erode((mask_of(found) > 0.99).astype(np.float32), np.ones((9, 9)))
    on_it = texture.grain_of(picture, mask)
    around = texture.grain_of(picture, (mask_of(found) < 0.01).astype(np.float32))
    assert on_it == pytest.approx(around, abs=0.35 + 0.25 * around)


@pytest.mark.parametrize("spread", [1.0, 4.0, 8.0])
def test_grain_is_measured_on_what_is_drawn(spread: float) -> None:
    rng = np.random.default_rng(4)
    shown = np.full((256, 256, 3), 128, np.float32)
    shown += np.linspace(-30, 30, 256)[None, :, None] + rng.normal(0, spread, (256, 256, 1))
    assert texture.grain_of(shown) == pytest.approx(spread, rel=0.15)


@pytest.mark.parametrize("sigma", [1.0, 2.0])
def test_blur_is_measured_on_edges(sigma: float) -> None:
    shown = np.zeros((200, 200, 3), np.float32)
    shown[:, 100:] = 220
    assert texture.blur_of(cv2.GaussianBlur(shown, (0, 0), sigma)) == pytest.approx(sigma, rel=0.2)
    assert texture.blur_of(shown) < 0.7
    assert texture.blur_of(np.full((64, 64, 3), 9, np.float32)) == 0.0


def test_a_seed_is_a_picture(photo_of) -> None:
    shown = drawn("tiles")
    found = scene_of(photo_of(shown), shown)
    first = made(found)
    assert np.array_equal(first, made(found))
    assert not np.array_equal(first, made(found, seed=2))


@pytest.mark.parametrize("size", [(384, 216), (216, 384), (384, 288)])
def test_every_ratio_keeps_the_product_in_view(size: tuple[int, int], photo_of) -> None:
    shown = drawn("table")
    found = scene_of(photo_of(shown), shown)
    places, part, _ = composer.planned(found, [block()] * 2, size, 3)
    frame = canvas_size(size)
    for place in places:
        left, top, right, bottom = place.box(block().size)
        assert min(left, top) >= -1
        assert right <= frame[0] + 1
        assert bottom <= frame[1] + 1
    assert part[2] / part[3] == pytest.approx(size[0] / size[1], rel=0.01)


def test_a_larger_product_is_larger(photo_of) -> None:
    shown = drawn("table")
    path = photo_of(shown)
    small, usual = scene_of(path, shown, size="50"), scene_of(path, shown)
    wide = [composer.planned(one, [block()], (384, 288), 1)[0][0].wide for one in (small, usual)]
    assert wide[0] == pytest.approx(wide[1] / 2, rel=0.02)


@pytest.mark.parametrize(
    ("kind", "options", "why"),
    [
        ("plaster", {"arrangement": "standing"}, "nothing can stand"),
        ("tiles", {"arrangement": "hung"}, "hang on walls"),
        ("tiles", {"arrangement": "plinth"}, "can't be plinth"),
        ("tiles", {"plane": "0,0 1,0"}, "four corners"),
        (
            "tiles",
            {"plane": "0.1,0.1 0.13,0.1 0.14,0.5 0.09,0.5"},
            "no.* seen|hardly be seen|stand",
        ),
    ],
)
def test_what_can_not_be_done_is_said(kind: str, options: dict, why: str, photo_of) -> None:
    shown = drawn(kind)
    path = photo_of(shown)
    with pytest.raises(EngineFault, match=why):
        composer.planned(scene_of(path, shown, **options), [block()], SIZE, 1)


def test_a_photo_that_is_too_small_is_refused_and_a_hostile_one_too(
    tmp_path: Path, tee: Path, bare_networks: Networks
) -> None:
    small, broken = tmp_path / "small.png", tmp_path / "broken.jpg"
    Image.fromarray(drawn_tee(300)).save(small)
    broken.write_bytes(b"\xff\xd8\xff\xe0 no photo at all")
    for path, why in ((small, "too few"), (broken, "damaged")):
        order = Order((tee,), (), "realistic", "draft", 512, 512, 1, 1, background=path)
        told = reasons(order, bare_networks, lambda _stage, _done: None)
        assert len(told) == 1
        assert why in told[0]
        assert "Nothing was charged" in told[0]


def test_an_order_with_a_background_is_made_and_can_be_stopped(
    tmp_path: Path, tee: Path, bare_networks: Networks, photo_of
) -> None:
    background = photo_of(drawn("boards"))
    message = {
        "products": [str(tee)], "background": str(background), "width": 384, "height": 288,
        "count": 2, "seed": 5, "options": {"garment": "top"},
    }  # fmt: skip
    order = Order.read(message)
    assert reasons(order, bare_networks, lambda _stage, _done: None) == []
    folders = [tmp_path / name for name in ("one", "two")]
    stages: list[str] = []
    for folder in folders:
        folder.mkdir()
        found = render(order, folder, bare_networks, lambda stage, _done: stages.append(stage))
        assert [one.mode for one in found] == ["scene", "scene"]
        assert "compositing" in found[0].label
    first, again = ([path.read_bytes() for path in sorted(one.iterdir())] for one in folders)
    assert first == again
    assert first[0] != first[1]
    assert "Reading the background photo" in stages
    assert b'stylestudio:mode="scene"' in first[0]

    def stop(stage: str, _done: float) -> None:
        if stage.startswith("Setting the stage"):
            raise Cancelled

    with pytest.raises(Cancelled):
        render(order, tmp_path, bare_networks, stop)
    with pytest.raises(EngineFault, match="not both"):
        Order.read({**message, "people": [str(tee)]})
