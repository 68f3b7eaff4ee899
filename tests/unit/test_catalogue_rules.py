"""Prices, sizes and prompts follow from the catalogue and from nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.catalog import (
    Catalogue,
    Package,
    PromptForms,
    Quality,
    Ratio,
    Style,
)
from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.domain.ids import FileId

TOKENS = {"draft": 1, "standard": 2, "high": 3}
SIDES = {"draft": 768, "standard": 1024, "high": 2048}
RATIOS = ((1, 1), (16, 9), (9, 16), (3, 2), (2, 3), (4, 3), (3, 4))

CATALOGUE = Catalogue(
    styles=(Style("plain", "Plain", "", "Plain studio light", "clutter, tinted light", ""),),
    qualities=tuple(Quality(name, name, "", TOKENS[name], SIDES[name]) for name in TOKENS),
    ratios=tuple(Ratio(f"{w}:{h}", "", "", w, h) for w, h in RATIOS),
    packages=(Package("small", "Small", 50, 499, "EUR", ""),),
    prompt=PromptForms(
        alone="{style}: {product}. {words}", worn="{style}: {model} wears {product}. {words}"
    ),
    free_tokens=10,
    dated="2026-11",
)


def asks(words: str = "", products: int = 1, models: int = 0, avoid: str = "") -> Brief:
    return Brief(
        products=tuple(FileId(number) for number in range(products)),
        models=tuple(FileId(number) for number in range(100, 100 + models)),
        prompt=words,
        negative_prompt=avoid,
        style="plain",
    )


@given(st.sampled_from(sorted(TOKENS)), st.integers(1, 10))
def test_price_is_tokens_times_pictures(quality: str, count: int) -> None:
    assert CATALOGUE.price(quality, count) == TOKENS[quality] * count


@pytest.mark.parametrize("quality", sorted(TOKENS))
@pytest.mark.parametrize("ratio", RATIOS)
def test_pixels_have_the_shape_and_are_even(quality: str, ratio: tuple[int, int]) -> None:
    width, height = CATALOGUE.pixels(quality, f"{ratio[0]}:{ratio[1]}")
    assert max(width, height) == SIDES[quality]
    assert width % 2 == height % 2 == 0
    assert abs(width * ratio[1] - height * ratio[0]) <= 2 * max(ratio)


def test_a_shape_as_thin_as_a_thread_still_has_two_pixels() -> None:
    thin = Ratio("thread", "", "", 5000, 1)
    catalogue = Catalogue(
        CATALOGUE.styles, CATALOGUE.qualities, (thin,), (), CATALOGUE.prompt, 10, ""
    )
    assert catalogue.pixels("draft", "thread") == (768, 2)


@pytest.mark.parametrize(
    ("look", "kind"),
    [
        (CATALOGUE.style, "style"),
        (CATALOGUE.quality, "quality"),
        (CATALOGUE.ratio, "ratio"),
        (CATALOGUE.package, "package"),
    ],
)
def test_an_unknown_choice_is_named_with_what_there_is(look: object, kind: str) -> None:
    with pytest.raises(NotFound, match=kind) as caught:
        look("x" * 500)  # type: ignore[operator]
    assert len(caught.value.sentence) < 250
    assert "Choose one of" in caught.value.sentence


def test_every_choice_is_found_by_its_id() -> None:
    assert CATALOGUE.style("plain").name == "Plain"
    assert CATALOGUE.quality("high").long_side == 2048
    assert CATALOGUE.ratio("16:9").width == 16
    assert CATALOGUE.package("small").cents == 499


def test_prompt_alone_and_worn() -> None:
    assert CATALOGUE.compose(asks("on a beach")) == "Plain studio light: the product. on a beach."
    assert (
        CATALOGUE.compose(asks("", products=2, models=1))
        == "Plain studio light: the person wears the products."
    )


@given(st.sampled_from(["{style}", "{words}", "{product}{model}", "{", "}}", "{0}", "{x!r}"]))
def test_braces_in_the_users_words_stay_words(words: str) -> None:
    assert CATALOGUE.compose(asks(words)) == f"Plain studio light: the product. {words}."


@given(st.text(max_size=100))
def test_composing_never_fails_and_keeps_every_word(words: str) -> None:
    composed = CATALOGUE.compose(asks(words))
    assert composed.startswith("Plain studio light: the product")
    kept = " ".join(words.split()).strip(" .,")
    assert kept in composed


def test_avoiding_joins_without_repeats_or_gaps() -> None:
    avoid = CATALOGUE.avoid(asks(avoid="tinted light, , hands,clutter"))
    assert avoid == "clutter, tinted light, hands"
