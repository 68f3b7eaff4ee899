"""What a list is narrowed to, as values that faces build and the store understands."""

import re
import unicodedata
from typing import NamedTuple

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 1000


class FileFilter(NamedTuple):
    """Which pictures of one user a list shows; times in UTC milliseconds, `until` exclusive."""

    category: str | None = None
    favourite: bool = False
    trashed: bool = False
    search: str = ""
    since: int | None = None
    until: int | None = None


class GenerationFilter(NamedTuple):
    """Which generations of one user a list shows; times in UTC milliseconds."""

    status: str | None = None
    trashed: bool = False
    search: str = ""
    since: int | None = None
    until: int | None = None
    batch: int | None = None
    style: str | None = None
    provider: str | None = None

    @property
    def picked(self) -> bool:
        """Whether single generations are picked out by what they are, batch or not."""
        return bool(self.search.strip() or self.status or self.style or self.provider)


class SearchTerm(NamedTuple):
    """A word or phrase to be found, or to be absent; a word also finds what it begins."""

    text: str
    excluded: bool = False
    phrase: bool = False


# The index reads a query up to the first NUL, and half a surrogate pair is no UTF-8.
_UNSEARCHABLE = "[\x00\ud800-\udfff]"
_TERM = r'(-?)(?:"([^"]*)"?|([^\s"]+))'


def search_terms(text: str) -> tuple[SearchTerm, ...]:
    """Split what somebody typed into terms: words, "phrases", and -exclusions.

    Nothing that is typed is an error: signs that carry no letters or digits are passed over,
    as an unfinished phrase is taken to run to the end.
    """
    terms = []
    for minus, phrase, word in re.findall(_TERM, re.sub(_UNSEARCHABLE, " ", text[:1000])):
        found = phrase or word
        if any(unicodedata.category(sign)[0] in "LN" for sign in found):
            terms.append(SearchTerm(found, excluded=bool(minus), phrase=bool(phrase)))
    return tuple(terms[:32])
