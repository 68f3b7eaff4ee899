"""What is typed to find pictures is read as meant, never fails, and reads back the same."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylestudio_desktop.domain.finding import (
    FIELDS,
    MOST_PARTS,
    Condition,
    Query,
    Word,
    describe,
    fold,
    narrowed,
    parse,
    ratings,
    span,
    suggest,
)

PIECES = st.sampled_from(
    [
        *(f"{field}:" for field in FIELDS),
        "STYLE:", "foo:", ":", "-", '"', " ", "\t", "vintage", "Été", "4", ">=", "<", "..",
        "2026-10", "2026-02-30", "2026-10-05", "product", "favourite", "trashed", "note",
        "\x00", "\ud800",
        "linen on", "'", "*", "(", "OR", "=3", "ß", "①", "\u0301",
    ]
)  # fmt: skip
TYPED = st.one_of(st.text(), st.lists(PIECES).map("".join))


@given(TYPED)
def test_whatever_is_typed_reads_back_as_the_same_query(text: str) -> None:
    query = parse(text)
    shown = describe(query)
    if len(shown) <= 1000:
        assert parse(shown) == query
    assert len(query.words) + len(query.conditions) <= MOST_PARTS
    assert ratings(query) <= frozenset(range(6))
    for value in (*query.of("date"), *query.of("date", excluded=True)):
        since, until = span(value)
        assert since is not None or until is not None


@given(TYPED)
def test_suggestions_never_fail_and_keep_what_was_typed(text: str) -> None:
    for one in suggest(text, {"tag": ["Summer", "big sale"]}):
        assert one.lower().startswith(text[: text.rfind(" ") + 1].lower()[:0] or "")
        assert parse(one) is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("linen beach", (Word("linen"), Word("beach"))),
        ('"linen on" -wool', (Word("linen on", phrase=True), Word("wool", excluded=True))),
        ('"unfinished phr', (Word("unfinished phr", phrase=True),)),
        ('-"a b"', (Word("a b", excluded=True, phrase=True),)),
        ("name:tee -prompt:sun", (Word("tee", field="name"), Word("sun", True, field="prompt"))),
        ('note:"call back"', (Word("call back", phrase=True, field="note"),)),
        ("foo:bar", (Word("foo:bar"),)),
        ('foo:"bar baz"', (Word("foo bar baz", phrase=True),)),
        ("foo: x", (Word("foo:"), Word("x"))),
        ("rating:many", (Word("rating:many"),)),
        ("date:2026-13", (Word("date:2026-13"),)),
        ("date:1800 date:2026-02-30", (Word("date:1800"), Word("date:2026-02-30"))),
        ("is:nice has:all category:x", (Word("is:nice"), Word("has:all"), Word("category:x"))),
        ("12:30", (Word("12:30"),)),
        ('style:"" tag:" " date:.. rating:"', (Word("date:.."),)),
        (" ".join(["a"] * 40), (Word("a"),) * 32),
        ("style: - -- *** \"\" name:--", ()),
    ],
)  # fmt: skip
def test_words(text: str, words: tuple[Word, ...]) -> None:
    assert parse(text) == Query(words)


def test_conditions() -> None:
    query = parse(
        'style:Vintage rating:>=4 rating:=3 date:2026-10 date:2026-10-05..2026-11-01 tag:summer '
        'provider:ComfyUI collection:"Spring 26" category:product_image is:favorite is:Trashed '
        "has:note -tag:x category:result tag:summer"
    )  # fmt: skip
    assert query.words == ()
    assert query.conditions == (
        Condition("style", "vintage"),
        Condition("rating", ">=4"),
        Condition("rating", "3"),
        Condition("date", "2026-10"),
        Condition("date", "2026-10-05..2026-11-01"),
        Condition("tag", "summer"),
        Condition("provider", "comfyui"),
        Condition("collection", "Spring 26"),
        Condition("category", "product"),
        Condition("is", "favourite"),
        Condition("is", "trashed"),
        Condition("has", "note"),
        Condition("tag", "x", excluded=True),
        Condition("category", "result"),
    )
    assert query.trashed
    assert query.of("category") == ("product", "result")
    assert not parse("-is:trashed").trashed


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", "012345"),
        ("rating:>=4", "45"),
        ("rating:>4", "5"),
        ("rating:<=1", "01"),
        ("rating:<1", "0"),
        ("rating:3 rating:5", "35"),
        ("rating:3 rating:>=4", ""),
        ("rating:>=2 rating:<=4 -rating:3", "24"),
        ("is:rated", "12345"),
        ("-is:rated", "0"),
    ],
)
def test_ratings(text: str, allowed: str) -> None:
    assert "".join(map(str, sorted(ratings(parse(text))))) == allowed


def moment(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("value", "since", "until"),
    [
        ("2026", (2026, 1, 1), (2027, 1, 1)),
        ("2026-02", (2026, 2, 1), (2026, 3, 1)),
        ("2026-12-31", (2026, 12, 31), (2027, 1, 1)),
        ("2026-10-05..2026-11-01", (2026, 10, 5), (2026, 11, 2)),
        ("2026-10..", (2026, 10, 1), None),
        ("..2026-10", None, (2026, 11, 1)),
    ],
)
def test_spans(value: str, since: tuple[int, ...] | None, until: tuple[int, ...] | None) -> None:
    wanted = (since and moment(*since), until and moment(*until))
    assert span(value, UTC) == wanted
    east = timezone(timedelta(hours=2))
    assert span(value, east) == tuple(end and end - 7_200_000 for end in wanted)
    assert parse(f"date:{value}").of("date") == (value,)


def test_names_are_compared_without_case_accents_and_spaces() -> None:
    assert fold("  Été   À  Nice ") == fold("ete a nice")
    assert fold("STRASSE") == fold("straße")
    assert fold("\u0301") == "\u0301"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("linen sty", ["linen style:"]),
        ("-ta", ["-tag:"]),
        ("tag:s", ["tag:Summer"]),
        ("x -tag:B", ['x -tag:"big sale"']),
        ('tag:"big s', ['tag:"big sale"']),
        ("is:f", ["is:favourite"]),
        ("RATING:>", ["rating:>=4", "rating:>=3"]),
        ("foo:b", []),
        ("tag:summer ", []),
        ('"phrase', []),
    ],
)
def test_suggestions(text: str, found: list[str]) -> None:
    assert suggest(text, {"tag": ["Summer", "big sale", "Été"]}) == found
    assert len(suggest("p", None, limit=1)) == 1


@pytest.mark.parametrize(
    ("text", "change", "then"),
    [
        ("", ("tag", "spring sale", True, False), 'tag:"spring sale"'),
        ('linen tag:"Spring  Sale"', ("tag", "spring sale", False, False), "linen"),
        ("rating:>=4 coat", ("rating", "5", True, True), "coat rating:5"),
        ("rating:>=4 rating:2", ("rating", "2", True, False), "rating:>=4 rating:2"),
        ("-style:vintage", ("style", "vintage", True, False), "style:vintage"),
        ('"a b" -c', ("is", "stacked", True, False), '"a b" -c is:stacked'),
    ],
)
def test_ticks_are_put_in_and_taken_out(
    text: str, change: tuple[str, str, bool, bool], then: str
) -> None:
    assert narrowed(text, *change) == then
    assert parse(then) == parse(narrowed(text, *change))
