"""Nothing that somebody types into a search is an error."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylestudio_desktop.domain.filters import (
    FileFilter,
    GenerationFilter,
    SearchTerm,
    search_terms,
)

ANY_SIGN = st.characters(exclude_categories=())


@given(st.text(ANY_SIGN, max_size=1500))
def test_any_text_gives_terms_that_can_be_looked_up(text: str) -> None:
    terms = search_terms(text)
    assert len(terms) <= 32
    for term in terms:
        assert any(unicodedata.category(sign)[0] in "LN" for sign in term.text)
        assert "\x00" not in term.text
        assert '"' not in term.text
        term.text.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("red dress", [SearchTerm("red"), SearchTerm("dress")]),
        ('"red dress"', [SearchTerm("red dress", phrase=True)]),
        ("-blue", [SearchTerm("blue", excluded=True)]),
        ('-"blue sky" sea', [SearchTerm("blue sky", True, True), SearchTerm("sea")]),
        ('"never closed', [SearchTerm("never closed", phrase=True)]),
        ("-- ** ()", []),
        ('""', []),
        ("", []),
        ("t-shirt", [SearchTerm("t-shirt")]),
    ],
)
def test_words_phrases_and_exclusions(text: str, terms: list[SearchTerm]) -> None:
    assert list(search_terms(text)) == terms


def test_filters_begin_wide_open() -> None:
    assert FileFilter() == FileFilter(None, False, False, "", None, None)
    assert GenerationFilter() == GenerationFilter(None, False, "", None, None)
