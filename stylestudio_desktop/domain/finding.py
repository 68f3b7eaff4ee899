"""Reads what somebody types to find pictures, and writes it back; nothing typed is an error."""

import calendar
import operator
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

MOST_SIGNS, MOST_PARTS = 1000, 32
RATINGS = frozenset(range(6))
CATEGORIES: Mapping[str, str] = {
    "product": "product_image",
    "model": "model_image",
    "background": "background_image",
    "result": "generated_image",
    "profile": "profile_image",
}
"""What people call a category, and what the library calls it."""

WORD_FIELDS = ("name", "prompt", "note")
"""Fields whose value is a word or phrase of that text, not a value of the picture."""

_STATES = {
    "favourite": "favourite",
    "favorite": "favourite",
    "trashed": "trashed",
    "rated": "rated",
    "stacked": "stacked",
}
_FIRST_YEAR, _LAST_YEAR = 1971, 2100
# The index reads a query up to the first NUL, and half a surrogate pair is no UTF-8.
_UNSEARCHABLE = re.compile("[\x00\ud800-\udfff]")
_TOKEN = re.compile(r'(-?)(?:([A-Za-z]+):)?(?:"([^"]*)"?|([^\s"]+))')
_RATING = re.compile(r"(>=|<=|>|<|=)?([0-5])")
_TESTS: Mapping[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "": operator.eq,
}
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase to be found, or to be absent; a plain word also finds what it begins.

    `field` narrows it to the picture's name, prompt or note; empty means any text of it.
    """

    text: str
    excluded: bool = False
    phrase: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A property that pictures must have, or must not have when `excluded`."""

    field: str
    value: str
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for.

    All words and conditions must hold at once; only of several styles, services, categories or
    ratings, each without a minus, one is enough, because no picture has two.
    """

    words: tuple[Word, ...] = ()
    conditions: tuple[Condition, ...] = ()

    @property
    def trashed(self) -> bool:
        """Whether the trash is searched in place of the library."""
        return Condition("is", "trashed") in self.conditions

    def of(self, field: str, excluded: bool = False) -> tuple[str, ...]:
        """Return the values asked for (or ruled out) under `field`, each once, in order."""
        found = [c.value for c in self.conditions if (c.field, c.excluded) == (field, excluded)]
        return tuple(dict.fromkeys(found))


def fold(text: str) -> str:
    """Return a name as it is compared: without case, accents and superfluous spaces."""
    plain = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return bare or plain


def has_words(text: str) -> bool:
    """Say whether a text has letters or digits, without which nothing can be searched for."""
    return any(unicodedata.category(sign)[0] in "LN" for sign in text)


def parse(text: str) -> Query:
    """Read words, "phrases", -exclusions and fields such as `rating:>=4` or `tag:"a b"`.

    An unknown field, or a value that its field can't have, is taken as a plain word; a field
    whose value is still to be typed, and signs without letters or digits, are passed over.
    """
    words: list[Word] = []
    conditions: list[Condition] = []
    for match in _TOKEN.finditer(_UNSEARCHABLE.sub(" ", text[:MOST_SIGNS])):
        if len(words) + len(conditions) == MOST_PARTS:
            break
        minus, name, phrase, plain = match.groups()
        part = _part(bool(minus), name, phrase, plain)
        if isinstance(part, Condition):
            conditions.append(part)
        elif part is not None:
            words.append(part)
    return Query(tuple(words), tuple(dict.fromkeys(conditions)))


def _part(minus: bool, name: str | None, phrase: str | None, plain: str) -> Word | Condition | None:
    field = (name or "").lower()
    value = " ".join((plain if phrase is None else phrase).split())
    if field in WORD_FIELDS:
        return next(_word(value, minus, phrase is not None, field), None)
    reader = FIELDS.get(field)
    if reader is not None:
        if not value:
            return None
        read = reader(value)
        if read is not None:
            return Condition(field, read, minus)
    if name is None:
        if value.endswith(":") and value[:-1].lower() in FIELDS:
            return None
        return next(_word(value, minus, phrase is not None, ""), None)
    joined = f"{name}:{value}" if phrase is None else f"{name} {value}".strip()
    return next(_word(joined, minus, phrase is not None, ""), None)


def _word(text: str, excluded: bool, phrase: bool, field: str) -> Iterator[Word]:
    if has_words(text):
        yield Word(text, excluded, phrase, field)


def describe(query: Query) -> str:
    """Return the text that reads back as the same query."""
    parts = []
    for word in query.words:
        shown = f'"{word.text}"' if word.phrase else word.text
        parts.append("-" * word.excluded + (f"{word.field}:" if word.field else "") + shown)
    for one in query.conditions:
        parts.append("-" * one.excluded + f"{one.field}:{_quoted(one.value)}")
    return " ".join(parts)


def narrowed(text: str, field: str, value: str, on: bool = True, alone: bool = False) -> str:
    """Return a search's text with `field:value` put in, or taken out when not `on`.

    `alone` takes the field's other values out, as where only one makes sense.
    """
    query = parse(text)
    kept = [
        one
        for one in query.conditions
        if one.field != field or (fold(one.value) != fold(value) and not alone)
    ]
    if on:
        kept.append(Condition(field, value))
    return describe(Query(query.words, tuple(kept)))


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def ratings(query: Query) -> frozenset[int]:
    """Return the ratings that a picture may have to fit."""
    found = RATINGS
    exact = [value for value in query.of("rating") if value.isdigit()]
    if exact:
        found = found & {int(value) for value in exact}
    for value in query.of("rating"):
        if not value.isdigit():
            found = found & _rated(value)
    for value in query.of("rating", excluded=True):
        found = found - _rated(value)
    if "rated" in query.of("is"):
        found = found - {0}
    if "rated" in query.of("is", excluded=True):
        found = found & {0}
    return found


def _rated(value: str) -> frozenset[int]:
    limit, test = int(value[-1]), _TESTS[value[:-1]]
    return frozenset(number for number in RATINGS if test(number, limit))


def span(value: str, zone: tzinfo | None = None) -> tuple[int | None, int | None]:
    """Return from when to when (UTC milliseconds, the end exclusive) a `date:` value reaches.

    Days begin at midnight in `zone`, or where this computer is. None means open.
    """
    first, dots, last = value.partition("..")
    begins = _days(first) if first else None
    ends = (_days(last) if last else None) if dots else begins
    return (
        None if begins is None else _moment(begins[0], zone),
        None if ends is None else _moment(ends[1] + timedelta(days=1), zone),
    )


def _moment(day: date, zone: tzinfo | None) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000)


def _days(text: str) -> tuple[date, date] | None:
    """Return the first and last day of a year, month or day, or None if it is none of them."""
    match = _DAY.fullmatch(text)
    if match is None or not _FIRST_YEAR <= int(match[1]) <= _LAST_YEAR:
        return None
    year, month = int(match[1]), int(match[2] or 0)
    if match[2] is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= month <= 12:
        return None
    length = calendar.monthrange(year, month)[1]
    if match[3] is None:
        return date(year, month, 1), date(year, month, length)
    day = int(match[3])
    return (date(year, month, day),) * 2 if 1 <= day <= length else None


def _read_rating(value: str) -> str | None:
    match = _RATING.fullmatch(value)
    return None if match is None else (match[1] or "").removeprefix("=") + match[2]


def _read_date(value: str) -> str | None:
    first, _, last = value.partition("..")
    given = [part for part in (first, last) if part]
    return value if given and all(_days(part) for part in given) else None


def _read_category(value: str) -> str | None:
    folded = fold(value)
    names = {stored: name for name, stored in CATEGORIES.items()}
    return folded if folded in CATEGORIES else names.get(folded)


def _read_name(value: str) -> str:
    return value


FIELDS: Mapping[str, Callable[[str], str | None]] = {
    **dict.fromkeys(WORD_FIELDS, _read_name),
    "style": fold,
    "provider": fold,
    "rating": _read_rating,
    "date": _read_date,
    "tag": _read_name,
    "collection": _read_name,
    "category": _read_category,
    "is": lambda value: _STATES.get(fold(value)),
    "has": lambda value: "note" if fold(value) == "note" else None,
}
"""Every field, with what brings its value into one form (None: it can't have that value)."""

KNOWN: Mapping[str, tuple[str, ...]] = {
    "category": tuple(CATEGORIES),
    "has": ("note",),
    "is": tuple(dict.fromkeys(_STATES.values())),
    "rating": ("5", ">=4", ">=3", "0"),
}
"""Values that a field always has; the others' come from the library."""


def suggest(
    text: str, values: Mapping[str, Iterable[str]] | None = None, limit: int = 8
) -> list[str]:
    """Return the whole text with its last part completed, in every way that fits.

    `values` maps fields to what the library has under them, the most used first.
    """
    match = re.search(r'(?:^|\s)(-?(?:[A-Za-z]+:"[^"]*|[^\s"]*))$', text)
    if match is None:
        return []
    token = match[1]
    before, minus = text[: match.start(1)], "-" * token.startswith("-")
    name, colon, begun = token.removeprefix("-").partition(":")
    if not colon:
        found = [f"{field}:" for field in FIELDS if name and field.startswith(name.lower())]
    else:
        known = (*KNOWN.get(name.lower(), ()), *(values or {}).get(name.lower(), ()))
        start = fold(begun.lstrip('"'))
        fitting = [value for value in dict.fromkeys(known) if fold(value).startswith(start)]
        found = [f"{name.lower()}:{_quoted(value)}" for value in fitting]
    return [f"{before}{minus}{one}" for one in found[:limit]]
