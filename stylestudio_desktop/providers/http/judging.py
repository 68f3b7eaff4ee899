"""Turns every failure of an exchange into the one kind of error that says what is done next.

The rules are those of the retry table (services, 3.2): what may be sent again by itself, what
waits, what a person must decide, and what is final.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from stylestudio_desktop.providers.http.answer import Answer
from stylestudio_desktop.providers.http.redaction import plain
from stylestudio_desktop.providers.http.sayings import quoted, refused
from stylestudio_desktop.providers.http.waits import asked_wait
from stylestudio_desktop.providers.protocol import Kind, ProviderError

_OVER_LIMIT = re.compile(r"(?i)limit:?\s*(\d{1,9})\b.{0,60}?requested:?\s*(\d{1,9})\b")
_NO_CREDIT = re.compile(
    r"(?i)insufficient_quota|out[ _]?of[ _]?credits|insufficient[ _](?:credit|balance|funds)"
    r"|exhausted[ _]balance|billing_hard_limit"
)
_REFUSAL = re.compile(
    r"(?i)moderation_blocked|content[ _]policy|content_policy_violation|content_filter"
    r"|image_generation_user_error|safety[ _]system|ContentModeration|prohibited_content"
)
_TELLING = ("message", "detail", "msg", "title", "description", "error_message")


def judge(answer: Answer, secrets: Iterable[str] = ()) -> ProviderError:
    """Return the error that an answer with a status of 300 or more stands for."""
    text = answer.body[:100_000].decode("utf-8", "replace")
    said = words_of(text, secrets)
    name, says = answer.service, quoted(said)
    kind, sentence, transient, wait = Kind.PROVIDER, "", False, None
    status = answer.status
    if status == 402 or (status in (400, 403, 429) and _NO_CREDIT.search(text)):
        kind = Kind.PAYMENT
        sentence = f"{name} asks for credit before it goes on.{says} Top up your account there."
    elif status == 429 and _asks_too_much(text):
        kind = Kind.PAYMENT
        sentence = (
            f"{name} allows your account fewer photos at once than this needs.{says} Use fewer "
            "photos, or raise the account's limit there."
        )
    elif status == 429:
        kind, transient, wait = Kind.RATE, True, asked_wait(answer.headers, text)
        sentence = f"{name} is busy and asks to wait; it goes on by itself."
    elif status in (400, 403, 422) and _REFUSAL.search(text):
        return refused(name, said, answer.request_id)
    elif status in (401, 403):
        kind = Kind.AUTH
        sentence = f"{name} did not accept the key.{says} Enter a valid key in Settings."
    else:
        return _judge_rest(answer, text, says)
    return ProviderError(
        kind, sentence, transient=transient, retry_after_s=wait, request_id=answer.request_id
    )


def _judge_rest(answer: Answer, text: str, says: str) -> ProviderError:
    name, status, transient, wait = answer.service, answer.status, False, None
    if 300 <= status < 400:
        kind = Kind.SETUP
        sentence = (
            f"{name} points to another address, which is not followed. Nothing was sent there. "
            "Check its address in Settings."
        )
    elif status in (404, 410) and answer.paid:
        kind = Kind.INPUT
        sentence = (
            f"{name} does not know this model, or your account may not use it.{says} Nothing was "
            "charged. Choose another model."
        )
    elif status in (404, 410):
        kind = Kind.GONE
        sentence = f"{name} no longer knows this.{says} Try again to have it made anew."
    elif status in (408, 409, 425) or status >= 500:
        surely_not = status in (409, 425) or _says_try_again(answer, text)
        if answer.paid and not surely_not:
            kind = Kind.AMBIGUOUS
            sentence = (
                f"{name} broke off ({status}) after it got the order.{says} It may have been "
                "charged there. Decide in History whether it runs again."
            )
        else:
            kind, transient, wait = Kind.PROVIDER, True, asked_wait(answer.headers, text)
            # Only of the order itself is it known: a job that is asked for may have been charged.
            safe = "Nothing was charged." if answer.paid else "Nothing was lost."
            sentence = f"{name} has trouble ({status}).{says} {safe}"
    elif status == 413:
        kind, sentence = Kind.INPUT, f"{name} finds the photos too large. Use smaller ones."
    else:
        kind = Kind.INPUT
        sentence = f"{name} can't use this ({status}).{says} Change the photos, words or model."
    return ProviderError(
        kind, sentence, transient=transient, retry_after_s=wait, request_id=answer.request_id
    )


def _says_try_again(answer: Answer, text: str) -> bool:
    """Say whether the service itself, not something before it, says that nothing was done."""
    asked = answer.status == 503 or answer.headers.get("x-should-retry", "").lower() == "true"
    return asked and bool(words_of(text)) and text.lstrip().startswith("{")


def _asks_too_much(text: str) -> bool:
    found = _OVER_LIMIT.search(text[:10_000])
    return bool(found) and int(found[2]) > int(found[1]) if found else False


def words_of(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the service's own explanation out of an error body, as one harmless line."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    return plain(_words(found, 4), secrets).strip(" .") if found else ""


def _words(found: Any, depth: int) -> str:
    if isinstance(found, str):
        return found
    if depth and isinstance(found, list) and found:
        return _words(found[0], depth - 1)
    if depth and isinstance(found, dict):
        for key in ("error", *_TELLING):
            words = _words(found.get(key), depth - 1)
            if words:
                return words
    return ""


def code_of(text: str) -> str:
    """Return the machine's word in an error body (`error.code`, `error.type`, `error_type`…)."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(found, dict):
        return ""
    inner = found.get("error")
    for holder in (inner, found):
        if isinstance(holder, dict):
            for key in ("code", "type", "name", "error_type"):
                if isinstance(holder.get(key), str):
                    return str(holder[key])[:100]
    return inner[:100] if isinstance(inner, str) else ""
