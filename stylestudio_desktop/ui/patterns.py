"""Puts off compiling patterns that libraries compile at each start and hardly ever use.

Three large ones of PySide6, for telling signatures in error texts and for making stub files, take
a tenth of the time to the window's first paint (`shibokensupport.signature`: `parser` and
`lib.pyi_generator`).
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

LARGE = 2000
"""Characters from which a pattern counts as large; PySide6’s three have 6,000."""
_VALUES = ("pattern", "flags", "groups", "groupindex")


class Later:
    """Stands for a compiled pattern, which is compiled when it is first asked for something."""

    def __init__(self, compiled: Callable[[], re.Pattern[Any]]) -> None:
        """Remember how to compile it."""
        self._compiled = cache(compiled)

    def __getattr__(self, name: str) -> Any:
        """Return the pattern's value of that name, or a function that calls its method."""
        if name in _VALUES:
            return getattr(self._compiled(), name)
        return lambda *args, **named: getattr(self._compiled(), name)(*args, **named)


@contextmanager
def compiled_later(least: int = LARGE) -> Iterator[None]:
    """Have patterns of `least` characters compiled at their first use, if loaded within."""
    at_once = re.compile

    def compiled(pattern: Any, flags: Any = 0) -> Any:
        if isinstance(pattern, str) and len(pattern) >= least:
            return Later(partial(at_once, pattern, flags))
        return at_once(pattern, flags)

    re.compile = compiled
    try:
        yield
    finally:
        re.compile = at_once
