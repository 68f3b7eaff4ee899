"""Finds out how long a service asks us to wait, in the many ways in which services say it."""

import json
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

LONGEST_WAIT_S = 3600.0

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|h|m|s)")
_WHOLE = re.compile(r"(?:\d+(?:\.\d+)?\s*(?:ms|h|m|s)\s*)+")
_IN_WORDS = re.compile(
    r"(?i)(?:again|resets?|retry|wait)\D{0,25}?"
    r"((?:\d{1,9}(?:\.\d{1,9})?\s?(?:ms|h|m|s)(?![a-z])\s?){1,4}|\d{1,9}(?:\.\d{1,9})?\s?(?=sec))"
)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def asked_wait(headers: Mapping[str, str], text: str, now: float | None = None) -> float | None:
    """Return the seconds to wait before the next try, None where nothing is said.

    `headers` has lower-case names, `now` is UTC seconds. Never more than an hour, whatever is
    asked for: the next answer may say it again. Sources: RFC 9110 10.2.3; the services' own
    documents for x-ratelimit-reset-*, google.rpc.RetryInfo and the sentences.
    """
    moment = time.time() if now is None else now
    found = (
        _retry_after(headers.get("retry-after", ""), moment),
        _reset(headers, moment),
        _retry_info(text),
        _in_words(text),
    )
    for seconds in found:
        if seconds is not None:
            return min(max(0.0, seconds), LONGEST_WAIT_S)
    return None


def _retry_after(value: str, now: float) -> float | None:
    seconds = _number(value)
    if seconds is not None or not value:
        return seconds
    try:
        return parsedate_to_datetime(value).timestamp() - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _reset(headers: Mapping[str, str], now: float) -> float | None:
    """Read x-ratelimit-reset[-BUCKET]: seconds, a duration like 1m30s, or a moment in seconds.

    Where the answer tells which bucket is empty, the other buckets' resets don't count.
    """
    resets: dict[str, float] = {}
    for name, value in headers.items():
        if name.startswith("x-ratelimit-reset"):
            seconds = _duration(value)
            if seconds is not None:
                bucket = name.removeprefix("x-ratelimit-reset").lstrip("-")
                resets[bucket] = seconds - now if seconds > 1e9 else seconds
    if not resets:
        return None
    empty = [
        seconds
        for bucket, seconds in resets.items()
        if headers.get(f"x-ratelimit-remaining-{bucket}".rstrip("-"), "").strip() == "0"
    ]
    return max(empty or resets.values())


def _retry_info(text: str) -> float | None:
    try:
        details: Any = json.loads(text)["error"]["details"]
        for one in details:
            if isinstance(one, dict) and str(one.get("@type", "")).endswith("RetryInfo"):
                return _duration(str(one.get("retryDelay", "")))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return None


def _in_words(text: str) -> float | None:
    found = _IN_WORDS.search(text[:10_000])
    return _duration(found[1]) if found else None


def _duration(value: str) -> float | None:
    value = value.strip()
    seconds = _number(value)
    if seconds is not None:
        return seconds
    if len(value) > 40 or not _WHOLE.fullmatch(value):
        return None
    return sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(value))


def _number(value: str) -> float | None:
    text = value.strip()
    if not text or len(text) > 20 or not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text):
        return None
    return float(text)
