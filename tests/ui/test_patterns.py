"""A pattern that is compiled later finds what one that is compiled at once does."""

import re

import pytest

from stylestudio_desktop.ui.patterns import LARGE, Later, compiled_later


def test_a_pattern_is_compiled_when_it_is_first_asked_for_something() -> None:
    with compiled_later(1):
        later = re.compile(r"(\w+)-(?P<number>\d+)", re.IGNORECASE)
        broken = re.compile("(")
    assert isinstance(later, Later)
    found = later.search("see ABC-12")
    assert found is not None
    assert (found["number"], later.groups, later.sub("x", "a-1 b-2")) == ("12", 2, "x x")
    assert isinstance(broken, Later)
    with pytest.raises(re.error):
        broken.match("")


def test_only_large_ones_wait_unless_more_is_asked_and_afterwards_none_do() -> None:
    with compiled_later():
        assert isinstance(re.compile("a"), re.Pattern)
        assert isinstance(re.compile("a" * LARGE), Later)
        assert isinstance(re.compile(b"a" * LARGE), re.Pattern)
    assert isinstance(re.compile("b" * LARGE), re.Pattern)
