"""Turns any text into a file name that every system accepts and that stays in its folder."""

import re
import unicodedata
from collections.abc import Mapping

from stylestudio_desktop.domain.errors import BadInput

PATTERN_FIELDS = ("name", "style", "quality", "provider", "ratio", "date", "time", "id", "n")
DEFAULT_PATTERN = "{name} {style} {n}"

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_FIELD = re.compile(r"\{([^{}]*)\}")
_SPACE = re.compile(r"\s+")
# Windows opens these as devices, whatever follows the first dot (Microsoft, "Naming Files,
# Paths, and Namespaces").
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"]
)
_LONGEST = 120  # characters: leaves room for a folder below Windows' 260
_LONGEST_BYTES = 200  # and for a suffix and a number below the 255 bytes of Linux and macOS


def safe_stem(text: str, fallback: str = "picture") -> str:
    """Return `text` as a file name without suffix: one part, visible, portable, never empty.

    Path separators and characters that Windows forbids become spaces; control, invisible and
    direction-changing characters go, since they can disguise a suffix.
    """
    text = unicodedata.normalize("NFC", text)
    text = _FORBIDDEN.sub(" ", text)
    text = "".join(
        " " if unicodedata.category(sign) in ("Zl", "Zp", "Cc") else sign
        for sign in text
        if unicodedata.category(sign) not in ("Cf", "Cs", "Cn", "Co")
    )
    text = _SPACE.sub(" ", text)[:_LONGEST]
    text = text.encode()[:_LONGEST_BYTES].decode(errors="ignore").strip(" .")
    if not text:
        return fallback
    if text.split(".")[0].strip().casefold() in _DEVICES:
        return f"_{text}"
    return text


def fill_pattern(pattern: str, fields: Mapping[str, str | int]) -> str:
    """Return a safe stem from a pattern such as "{name} {style} {n}".

    Fields are those of PATTERN_FIELDS; one that has no value leaves nothing behind. Numbers may
    be padded: {n:03}. Raises BadInput for a field that does not exist or a stray brace.
    """

    def replace(match: re.Match[str]) -> str:
        name, _, width = match[1].partition(":")
        if name not in PATTERN_FIELDS or (width and not re.fullmatch(r"0?[1-9]", width)):
            known = ", ".join(f"{{{field}}}" for field in PATTERN_FIELDS)
            raise BadInput(f"{{{match[1]}}} is not known in a naming pattern. Known are {known}.")
        value = str(fields.get(name, ""))
        return value.zfill(int(width)) if width and value.isdecimal() else value

    if _FIELD.sub("", pattern).strip("{}") != _FIELD.sub("", pattern):
        raise BadInput("The naming pattern has a brace without its partner.")
    return safe_stem(_FIELD.sub(replace, pattern))


def numbered(stem: str, number: int) -> str:
    """Return `stem`, or "stem (2)" and so on from the second try on."""
    return stem if number < 2 else f"{stem} ({number})"
