"""The catalogue file keeps the shape and the promises that the program relies on."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "catalogue"
CATALOGUE: dict[str, Any] = json.loads((FOLDER / "catalogue.json").read_text("utf-8"))
SHAPES: dict[str, dict[str, type]] = {
    "styles": {"id": str, "name": str, "summary": str, "adds": str, "avoids": str, "picture": str},
    "qualities": {"id": str, "name": str, "summary": str, "tokens": int, "long_side": int},
    "ratios": {"id": str, "name": str, "use": str, "width": int, "height": int},
    "packages": {"id": str, "name": str, "tokens": int, "cents": int, "currency": str, "tag": str},
}


def test_top_level_has_exactly_the_agreed_keys() -> None:
    assert set(CATALOGUE) == {"version", "dated", "free_tokens", "prompt", *SHAPES}
    assert CATALOGUE["version"] == 1
    assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", CATALOGUE["dated"])
    assert CATALOGUE["free_tokens"] == 10


@pytest.mark.parametrize("table", SHAPES)
def test_rows_have_exactly_the_agreed_fields(table: str) -> None:
    for row in CATALOGUE[table]:
        assert {key: type(value) for key, value in row.items()} == SHAPES[table]
        assert all(value or key == "tag" for key, value in row.items())


@pytest.mark.parametrize("table", SHAPES)
def test_ids_and_names_are_unique(table: str) -> None:
    for key in ("id", "name"):
        values = [row[key] for row in CATALOGUE[table]]
        assert len(set(values)) == len(values)


def test_choices_are_those_of_the_product() -> None:
    assert [row["id"] for row in CATALOGUE["styles"]] == [
        "realistic",
        "fashion",
        "artistic",
        "vintage",
        "minimalist",
    ]
    assert [(row["id"], row["tokens"], row["long_side"]) for row in CATALOGUE["qualities"]] == [
        ("draft", 1, 768),
        ("standard", 2, 1024),
        ("high", 3, 2048),
        ("ultra", 5, 4096),
    ]
    assert [row["id"] for row in CATALOGUE["ratios"]] == [
        "1:1",
        "16:9",
        "9:16",
        "3:2",
        "2:3",
        "4:3",
        "3:4",
    ]
    assert [(row["name"], row["tokens"], row["cents"]) for row in CATALOGUE["packages"]] == [
        ("Starter", 25, 999),
        ("Standard", 100, 2999),
        ("Pro", 300, 7999),
        ("Enterprise", 1000, 19999),
    ]
    assert {row["currency"] for row in CATALOGUE["packages"]} == {"USD"}


def test_ratio_ids_say_their_own_numbers() -> None:
    for row in CATALOGUE["ratios"]:
        assert row["id"] == f"{row['width']}:{row['height']}"


def test_bigger_packages_cost_less_a_token() -> None:
    prices = [row["cents"] / row["tokens"] for row in CATALOGUE["packages"]]
    assert prices == sorted(prices, reverse=True)
    tags = {row["name"]: row["tag"] for row in CATALOGUE["packages"]}
    assert tags == {
        "Starter": "",
        "Standard": "Most popular",
        "Pro": "Best value",
        "Enterprise": "",
    }


def test_prompt_forms_use_known_slots_and_end_with_the_users_words() -> None:
    slots = {key: re.findall(r"\{(.*?)\}", text) for key, text in CATALOGUE["prompt"].items()}
    assert set(slots) == {"alone", "worn"}
    assert set(slots["alone"]) == {"product", "style", "words"}
    assert set(slots["worn"]) == {"model", "product", "style", "words"}
    for text in CATALOGUE["prompt"].values():
        assert text.endswith("{words}")


@pytest.mark.parametrize("style", CATALOGUE["styles"], ids=lambda style: style["id"])
def test_style_card_shows_a_picture(style: dict[str, str]) -> None:
    path = FOLDER / style["picture"]
    assert path.stat().st_size <= 80_000
    with Image.open(path) as picture:
        picture.load()
        assert picture.format == "JPEG"
        assert picture.size == (480, 480)


def test_style_pictures_differ() -> None:
    looks = []
    for style in CATALOGUE["styles"]:
        with Image.open(FOLDER / style["picture"]) as picture:
            looks.append(picture.resize((1, 1)).tobytes())
    assert len(set(looks)) == len(looks)
