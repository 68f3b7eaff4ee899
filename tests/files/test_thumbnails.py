"""Thumbnails look right, and their cache survives whatever happens to it."""

import hashlib
import io
import logging
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.phash import distance, perceptual_hash
from stylestudio_desktop.files.probe import Limits
from stylestudio_desktop.files.scaling import Rendered, Tier, render
from stylestudio_desktop.files.thumbnails import ThumbnailCache
from tests.files import hostile

ROOT = Path(__file__).resolve().parents[2]
ONE = hashlib.sha256(b"one").hexdigest()
TWO = hashlib.sha256(b"two").hexdigest()
CORNERS = {"red": (220, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 220)}


@pytest.fixture
def cache(tmp_path: Path) -> ThumbnailCache:
    made = ThumbnailCache(tmp_path / "thumbnails.sqlite3")
    yield made
    made.close()


def put(folder: Path, data: bytes) -> Path:
    path = folder / "picture"
    path.write_bytes(data)
    return path


def shown(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def corners(image: Image.Image) -> dict[str, tuple[int, int, int]]:
    rgb = image.convert("RGB")
    x, y = rgb.width // 8, rgb.height // 8
    return {
        "red": rgb.getpixel((x, y)),
        "green": rgb.getpixel((rgb.width - x, y)),
        "blue": rgb.getpixel((x, rgb.height - y)),
    }


def close_to(one: tuple[int, ...], other: tuple[int, ...], most: int = 60) -> bool:
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_upright_whatever_the_camera_did(tmp_path: Path, orientation: int, kind: str) -> None:
    made = render(put(tmp_path, hostile.with_orientation(orientation, kind)))
    for tier, size in ((Tier.SMALL, (256, 192)), (Tier.LARGE, (320, 240))):
        image = shown(made.tier(tier))
        assert image.size == size
        for name, colour in corners(image).items():
            assert close_to(colour, CORNERS[name]), (name, colour)
        assert not image.getexif()


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        ((4000, 3000), (1000, 750), (256, 192)),
        ((6000, 4000), (1024, 683), (256, 171)),
        ((3000, 4000), (750, 1000), (192, 256)),
        ((1024, 1024), (1024, 1024), (256, 256)),
        ((1281, 500), (1024, 400), (256, 100)),
        ((2400, 1600), (1200, 800), (256, 171)),
        ((100, 60), (100, 60), (100, 60)),
        ((5000, 2), (1024, 1), (256, 1)),
    ],
)
def test_sizes(
    tmp_path: Path, size: tuple[int, int], large: tuple[int, int], small: tuple[int, int]
) -> None:
    data = hostile.encoded(hostile.drawing().resize(size))
    made = render(put(tmp_path, data))
    assert shown(made.large).size == large
    assert shown(made.small).size == small


@pytest.mark.parametrize("name", hostile.odd_but_good())
def test_odd_pictures_have_thumbnails(tmp_path: Path, name: str) -> None:
    made = render(put(tmp_path, hostile.odd_but_good()[name]))
    for tier in Tier:
        assert shown(made.tier(tier)).format in ("JPEG", "WEBP")


def test_sixteen_bits_are_not_clipped(tmp_path: Path) -> None:
    made = render(put(tmp_path, hostile.odd_but_good()["sixteen bits"]))
    assert close_to(shown(made.large).getpixel((9, 9)), (128, 128, 128), 3)


def test_cmyk_keeps_its_colours(tmp_path: Path) -> None:
    made = render(put(tmp_path, hostile.odd_but_good()["cmyk"]))
    for name, colour in corners(shown(made.large)).items():
        assert close_to(colour, CORNERS[name]), (name, colour)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_clear_ground_stays_clear(tmp_path: Path, kind: str) -> None:
    made = render(put(tmp_path, hostile.encoded(hostile.cut_out(), kind)))
    for tier in Tier:
        image = shown(made.tier(tier))
        assert (image.format, image.mode) == ("WEBP", "RGBA")
        assert image.getpixel((3, 3))[3] == 0
        assert image.getpixel((image.width // 2, image.height // 2))[3] == 255


def test_an_alpha_channel_without_use_is_dropped(tmp_path: Path) -> None:
    made = render(put(tmp_path, hostile.encoded(hostile.drawing(mode="RGBA"), "PNG")))
    assert shown(made.small).format == "JPEG"


def test_a_profile_is_honoured_and_a_broken_one_ignored(tmp_path: Path) -> None:
    profile = hostile.foreign_profile()
    swapped = render(put(tmp_path, hostile.encoded(hostile.drawing(), icc_profile=profile)))
    red, green = corners(shown(swapped.large))["red"], corners(shown(swapped.large))["green"]
    assert red[1] > red[0]
    assert green[0] > green[1]
    assert "icc_profile" not in shown(swapped.large).info
    broken = hostile.encoded(hostile.drawing(), icc_profile=profile[:200])
    for name, colour in corners(shown(render(put(tmp_path, broken)).large)).items():
        assert close_to(colour, CORNERS[name]), (name, colour)


def test_limits_hold_here_too(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        render(put(tmp_path, hostile.bomb()))
    with pytest.raises(BadInput):
        render(put(tmp_path, hostile.encoded(hostile.drawing())), Limits(10**6, 100))


def test_kept_found_and_dropped(cache: ThumbnailCache, tmp_path: Path) -> None:
    source = put(tmp_path, hostile.encoded(hostile.drawing()))
    assert cache.get(ONE, Tier.SMALL) is None
    assert not cache.has(ONE)
    made = cache.make(ONE, source)
    cache.put_many([(TWO, Rendered(b"s", b"l", 0))])
    assert cache.get(ONE, Tier.SMALL) == made.small
    assert cache.get(ONE, Tier.LARGE) == made.large
    assert cache.get(TWO, Tier.LARGE) == b"l"
    assert cache.has(ONE)
    cache.drop(ONE)
    assert cache.get(ONE, Tier.SMALL) is None
    assert cache.has(TWO)
    assert stat.S_IMODE(cache.path.stat().st_mode) == 0o600
    with pytest.raises(BadInput):
        cache.get("../x", Tier.SMALL)


def test_ensure_makes_what_is_missing(
    cache: ThumbnailCache, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = put(tmp_path, hostile.encoded(hostile.drawing()))
    first = cache.ensure(ONE, Tier.SMALL, source)
    assert first == cache.get(ONE, Tier.SMALL)
    source.unlink()
    assert cache.ensure(ONE, Tier.SMALL, source) == first
    with caplog.at_level(logging.WARNING):
        assert cache.ensure(TWO, Tier.SMALL, source) is None
    assert "no longer there" in caplog.text


@pytest.mark.parametrize("damage", ["junk", "emptied", "cut", "pages", "other tables"])
def test_a_damaged_cache_is_begun_anew(
    cache: ThumbnailCache, tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    source = put(tmp_path, hostile.encoded(hostile.drawing()))
    for number in range(20):
        cache.make(hashlib.sha256(b"%d" % number).hexdigest(), source)
    made = cache.make(ONE, source)
    cache.close()
    size = cache.path.stat().st_size
    match damage:
        case "junk":
            cache.path.write_bytes(b"junk" * 4000)
        case "emptied":
            cache.path.write_bytes(b"")
        case "cut":
            os.truncate(cache.path, size // 3)
        case "pages":
            with cache.path.open("r+b") as opened:
                opened.seek(4096)
                opened.write(b"\xff" * (size - 4096))
        case _:
            cache.path.write_bytes(b"")
            code = "import sys, sqlite3; sqlite3.connect(sys.argv[1]).execute(sys.argv[2])"
            subprocess.run(
                [sys.executable, "-c", code, str(cache.path), "CREATE TABLE thumbnails (x)"],
                check=True,
            )
    with caplog.at_level(logging.WARNING):
        assert cache.ensure(ONE, Tier.SMALL, source) == made.small
        assert cache.get(ONE, Tier.SMALL) == made.small
    aside = list(tmp_path.glob("thumbnails.damaged-*.sqlite3"))
    assert len(aside) == (0 if damage == "emptied" else 1)


def test_one_damaged_thumbnail_is_made_anew(cache: ThumbnailCache, tmp_path: Path) -> None:
    source = put(tmp_path, hostile.encoded(hostile.drawing()))
    made = cache.make(ONE, source)
    cache.close()
    data = cache.path.read_bytes()
    at = data.index(made.small[-232:-200])
    with cache.path.open("r+b") as opened:
        opened.seek(at)
        opened.write(b"\x00" * 8)
    assert cache.get(ONE, Tier.SMALL) is None
    assert cache.ensure(ONE, Tier.SMALL, source) == made.small
    assert cache.get(ONE, Tier.SMALL) == made.small


def test_a_cache_that_cannot_be_written_is_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = put(tmp_path, hostile.encoded(hostile.drawing()))
    (tmp_path / "thumbnails.sqlite3").mkdir()
    cache = ThumbnailCache(tmp_path / "thumbnails.sqlite3")
    with caplog.at_level(logging.WARNING):
        assert cache.ensure(ONE, Tier.SMALL, source)
    assert "not usable" in caplog.text


def test_many_threads_and_a_loss_midway(cache: ThumbnailCache, tmp_path: Path) -> None:
    source = put(tmp_path, hostile.encoded(hostile.drawing(64, 48)))
    failures: list[BaseException] = []

    def work(seed: int) -> None:
        try:
            for number in range(30):
                name = hashlib.sha256(b"%d" % (number % 7)).hexdigest()
                assert cache.ensure(name, Tier.SMALL, source)
                if seed == 0 and number == 15:
                    for ending in ("", "-wal", "-shm"):
                        Path(f"{cache.path}{ending}").unlink(missing_ok=True)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert cache.ensure(ONE, Tier.SMALL, source)


def test_other_processes_share_it(cache: ThumbnailCache, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from stylestudio_desktop.files.thumbnails import ThumbnailCache\n"
        "from stylestudio_desktop.files.scaling import Rendered\n"
        "import hashlib\n"
        "c = ThumbnailCache(Path(sys.argv[1]))\n"
        "for n in range(40): c.put_many([(hashlib.sha256(b'%d' % n).hexdigest(),"
        " Rendered(b'%d' % n, b'l', 0))])\n"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code, str(cache.path)], cwd=ROOT) for _ in range(3)
    ]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    for number in range(40):
        name = hashlib.sha256(b"%d" % number).hexdigest()
        assert cache.get(name, Tier.SMALL) == b"%d" % number


def test_one_sqlite_in_this_process(cache: ThumbnailCache) -> None:
    import peewee

    cache.has(ONE)
    assert type(cache._connection()) is peewee.sqlite3.Connection
    assert peewee.sqlite3.sqlite_version_info >= (3, 51, 3)


def test_near_identical_pictures_lie_close(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    bases = [
        Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8)).resize(
            (640, 480), Image.Resampling.BICUBIC
        )
        for _ in range(20)
    ]
    prints = [render(put(tmp_path, hostile.encoded(base))).phash for base in bases]
    apart = [distance(a, b) for i, a in enumerate(prints) for b in prints[:i]]
    assert min(apart) > 12
    for base, made in zip(bases, prints, strict=True):
        for alike in (
            base.resize((300, 225)),
            base.filter(ImageFilter.GaussianBlur(2)),
            ImageEnhance.Brightness(base).enhance(0.9),
        ):
            other = render(put(tmp_path, hostile.encoded(alike, quality=60))).phash
            assert distance(made, other) <= 10
    assert -(2**63) <= prints[0] < 2**63
    assert distance(-1, 0) == 64


def test_a_clear_ground_counts_as_white() -> None:
    cut = hostile.cut_out()
    flat = Image.new("RGB", cut.size, "white")
    flat.paste(cut, (0, 0), cut.getchannel("A"))
    assert distance(perceptual_hash(cut), perceptual_hash(flat)) <= 2


def test_two_that_meet_the_same_damage_begin_one_new_cache(
    cache: ThumbnailCache, tmp_path: Path
) -> None:
    other = ThumbnailCache(cache.path)
    for one in (cache, other):
        assert not one.has(ONE)
    cache._set_aside(Exception("planted"))
    cache.put_many([(ONE, Rendered(b"s", b"l", 0))])
    other._set_aside(Exception("planted"))
    assert other.get(ONE, Tier.SMALL) == b"s"
    assert len(list(tmp_path.glob("thumbnails.damaged-*.sqlite3"))) == 1
    other.close()
