"""The sample collection is complete, unaltered, licensed, and small enough to ship."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "resources" / "samples"
MASKS = ROOT / "tests" / "fixtures" / "masks"
ITEMS: list[dict[str, Any]] = json.loads((SAMPLES / "collection.json").read_text("utf-8"))["items"]
PRODUCTS = [item for item in ITEMS if item["category"] == "product_image"]
PEOPLE = [item for item in ITEMS if item["category"] == "model_image"]
KINDS = {"top", "dress", "trousers", "skirt", "shorts", "jacket", "shoes", "bag", "other"}
STYLES = {"realistic", "fashion", "artistic", "vintage", "minimalist"}


def name(item: dict[str, Any]) -> str:
    return str(item["file"])


def test_collection_lists_exactly_the_photos_there_are() -> None:
    there = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.jpg")}
    assert sorted(map(name, ITEMS)) == sorted(there)


def test_collection_is_large_and_varied_enough() -> None:
    assert 14 <= len(PRODUCTS) <= 18
    assert 3 <= len(PEOPLE) <= 8
    assert {item["kind"] for item in PRODUCTS} == KINDS
    assert {item["style"] for item in ITEMS} == STYLES
    assert len({item["title"] for item in ITEMS}) == len(ITEMS)


def test_product_photos_together_stay_under_five_megabytes() -> None:
    assert sum((SAMPLES / name(item)).stat().st_size for item in PRODUCTS) <= 5_000_000


@pytest.mark.parametrize("item", ITEMS, ids=name)
def test_photo_is_the_one_that_was_listed(item: dict[str, Any]) -> None:
    data = (SAMPLES / name(item)).read_bytes()
    assert hashlib.sha256(data).hexdigest() == item["sha256"]


@pytest.mark.parametrize("item", PRODUCTS, ids=name)
def test_product_photo_keeps_its_limits(item: dict[str, Any]) -> None:
    path = SAMPLES / name(item)
    assert path.stat().st_size <= 300_000
    with Image.open(path) as photo:
        photo.load()
        assert photo.format == "JPEG"
        assert photo.mode == "RGB"
        assert 1200 <= max(photo.size) <= 1600
        assert not photo.getexif()


@pytest.mark.parametrize("item", PEOPLE, ids=name)
def test_person_photo_keeps_its_limits(item: dict[str, Any]) -> None:
    path = SAMPLES / name(item)
    assert path.stat().st_size <= 400_000
    with Image.open(path) as photo:
        photo.load()
        assert photo.format == "JPEG"
        assert photo.height > photo.width * 1.5
        assert not photo.getexif()


@pytest.mark.parametrize("item", ITEMS, ids=name)
def test_photo_has_a_licence_that_the_licence_page_repeats(item: dict[str, Any]) -> None:
    page = (SAMPLES / "LICENSES.md").read_text("utf-8")
    stem = Path(name(item)).stem
    assert item["licence"]
    if item["category"] == "product_image" or stem.startswith("mannequin-"):
        assert f"`{stem}`" in page
        assert "CC0" in item["licence"]
    else:
        assert f"`{name(item)}`" in page
        assert "MIT" in item["licence"]
        assert "Permission is hereby granted, free of charge" in page


@pytest.mark.parametrize("item", PRODUCTS, ids=name)
def test_product_has_a_true_mask_of_its_size(item: dict[str, Any]) -> None:
    with Image.open(SAMPLES / name(item)) as photo:
        size = photo.size
    with Image.open(MASKS / f"{Path(name(item)).stem}.png") as mask:
        assert mask.mode == "L"
        assert mask.size == size
        shares = mask.histogram()
    covered = sum(shares[128:]) / (size[0] * size[1])
    assert 0.12 < covered < 0.7
    assert shares[0] > 0
    assert shares[255] > 0


@pytest.mark.parametrize("item", PRODUCTS, ids=name)
def test_mask_lies_on_the_product(item: dict[str, Any]) -> None:
    """The mask must fit where it is better than 40 pixels off, by purity of colour or by edges.

    Stripes and white on pale grey are only told by their edges, knitting only by its colour.
    """
    with Image.open(SAMPLES / name(item)) as photo:
        size = photo.width // 2, photo.height // 2
        small = photo.resize(size, Image.Resampling.BOX)
    with Image.open(MASKS / f"{Path(name(item)).stem}.png") as opened:
        mask = opened.resize(size, Image.Resampling.BOX).point(lambda value: 255 * (value > 127))
    rim = ImageChops.subtract(
        mask.filter(ImageFilter.MaxFilter(3)), mask.filter(ImageFilter.MinFilter(3))
    )
    grey = small.convert("L")
    steps = ImageChops.difference(
        grey.filter(ImageFilter.MaxFilter(5)), grey.filter(ImageFilter.MinFilter(5))
    )
    moves = [(20, 0), (-20, 0), (0, 20), (0, -20)]
    edge = ImageStat.Stat(steps, rim).mean[0]
    other_edges = [ImageStat.Stat(steps, ImageChops.offset(rim, *move)).mean[0] for move in moves]
    mixed = _spread(small, mask)
    others_mixed = [_spread(small, ImageChops.offset(mask, *move)) for move in moves]
    assert edge > 1.12 * max(other_edges) or mixed < 0.97 * min(others_mixed)


def _spread(image: Image.Image, mask: Image.Image) -> float:
    """Sum of squared differences from the mean colour within the mask and outside of it."""
    stats = [ImageStat.Stat(image, where) for where in (mask, ImageChops.invert(mask))]
    return sum(sum(v * n for v, n in zip(each.var, each.count, strict=True)) for each in stats)
