"""Takes keys and signed addresses out of everything that people or logs get to read."""

import re
from collections.abc import Iterable

_LONGEST = 300
_SHAPES = re.compile(
    r"(?i)\b(?:bearer|key|basic)\s+[\w\-.:+/=~]{8,}"
    r"|\b(?:sk|rk|pk|r8|fa|whsec)[-_][\w\-]{8,}"
    r"|\bAIza[\w\-]{10,}"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{16,}"
)
_QUERY = re.compile(r"(https?://[^\s?#\"'<>]+)[?#][^\s\"'<>]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` without the given secrets, without what looks like one, without queries."""
    for secret in secrets:
        for part in {secret, *secret.split()}:
            if len(part) >= 6:
                text = text.replace(part, "•••")
    text = _QUERY.sub(r"\1", text)
    return _SHAPES.sub("•••", text)


def plain(text: str, secrets: Iterable[str] = (), longest: int = _LONGEST) -> str:
    """Return a service's words as one short harmless line."""
    line = " ".join(_CONTROL.sub(" ", redact(text[: longest * 8], secrets)).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
