"""Says in the window's language, and in its own words, what the rooms below said in English.

What went wrong is told by rooms that know no window, and is kept with what they did. Their
sentences are patterns (`resources/said`): one is told from its fixed words, and what varies in it
may itself be one. English has texts for those only that tell to type a command.
"""

import json
import re
from functools import cache, lru_cache
from typing import NamedTuple

from stylestudio_desktop.config.resources import resources

_MARK = re.compile(r"%([1-9])")
_WORD = re.compile(r"[A-Za-z]{2}|“")
_STOP = re.compile(r"[.!?] ")
_BETWEEN = re.compile(r"(?<=[.!?]) (?=[A-Z“])")
_LONGEST = 20_000
_DEEPEST = 4
_MOST = 8
_language = ["en"]


class _Pattern(NamedTuple):
    """A sentence's fixed words, the number of what stands between each two, and its text."""

    words: tuple[str, ...]
    marks: tuple[str, ...]
    text: str

    def values(self, told: str) -> dict[str, str] | None:
        """Return what varies in `told`, None where it is another sentence."""
        first, last = self.words[0], self.words[-1]
        if not self.marks:
            return {} if told == first else None
        if not told.startswith(first) or not told.endswith(last):
            return None
        end = len(told) - len(last)
        place, found = len(first), dict[str, str]()
        for mark, word in zip(self.marks, (*self.words[1:-1], None), strict=True):
            until = end if word is None else _found(told, word, place, end)
            value = told[place:until]
            if until < place or found.setdefault(mark, value) != value:
                return None
            if "”" in value and self.quoted(mark):  # it would be two of these, one behind the other
                return None
            place = until + len(word or "")
        return found

    def quoted(self, mark: str) -> bool:
        """Say whether a mark stands in quotation marks: what does is a name, and stays."""
        at = self.marks.index(mark)
        return self.words[at].endswith("“") and self.words[at + 1].startswith("”")


def _found(told: str, word: str, place: int, end: int) -> int:
    """Return where `word` is next: a blank between two sentences rather than within one."""
    if word == " ":
        stop = _STOP.search(told, place, end)
        if stop is not None:
            return stop.end() - 1
    return told.find(word, place, end)


def speak(language: str) -> None:
    """Say everything in `language` from now on; called when the window is translated."""
    _language[0] = language


def spoken(told: str) -> str:
    """Return what a room below the window said, as the window says it."""
    return _spoken(_language[0], told) if told and len(told) <= _LONGEST else told


@lru_cache(512)  # rows of a list are painted again and again
def _spoken(language: str, told: str) -> str:
    return _said(language, told, 0)


def _said(language: str, told: str, depth: int) -> str:
    known = _whole(language, told, depth, strict=True)
    if known is None and depth == 0:
        known = _several(language, _BETWEEN.split(told))
    if known is None:
        known = _whole(language, told, depth, strict=False)
    return told if known is None else known


def _several(language: str, parts: list[str]) -> str | None:
    """Return sentences of several rooms behind each other; None where one is not known."""
    if len(parts) > _MOST:
        return None
    made, at = list[str](), 0
    while at < len(parts):
        for until in range(at + 1, len(parts) + 1):
            known = _whole(language, " ".join(parts[at:until]), 1, strict=True)
            if known is not None:
                break
        else:
            if language != "en":  # two languages in one breath are worse than the other one
                return None
            known = parts[at]
            until = at + 1
        made.append(known)
        at = until
    return " ".join(made)


def _whole(language: str, told: str, depth: int, *, strict: bool) -> str | None:
    """Return the text of one sentence; a `strict` one takes no other into itself unsaid."""
    for pattern in _patterns(language):
        values = pattern.values(told)
        if values is None:
            continue
        unsaid = False
        for mark, value in values.items():
            if depth < _DEEPEST and not pattern.quoted(mark):
                values[mark] = _said(language, value, depth + 1)
                unsaid |= values[mark] == value and _BETWEEN.search(value) is not None
        if not (strict and unsaid):
            return _filled(pattern.text, values)
    return None


def _filled(text: str, values: dict[str, str]) -> str:
    """Put what varies into a text, in one go: what is put in may itself hold a mark."""
    return _MARK.sub(lambda found: values.get(found[1], ""), text)


@cache
def _patterns(language: str) -> tuple[_Pattern, ...]:
    """Return what is known in a language, the most telling first."""
    file = resources() / "said" / f"{language}.json"
    if not file.is_file():
        return ()
    read = json.loads(file.read_text("utf-8"))
    every = {**read["phrases"], **read["sentences"]}
    # What follows another sentence has a blank before it, and is told without it, too.
    every = {**{one.strip(): text.strip() for one, text in every.items()}, **every}
    # What has no words of its own would be told from nothing.
    made = [_pattern(one, text) for one, text in every.items() if _WORD.search(_MARK.sub("", one))]
    return tuple(sorted(made, key=lambda one: (-sum(map(len, one.words)), len(one.marks))))


def _pattern(one: str, text: str) -> _Pattern:
    parts = _MARK.split(one)
    return _Pattern(tuple(parts[::2]), tuple(parts[1::2]), text)
