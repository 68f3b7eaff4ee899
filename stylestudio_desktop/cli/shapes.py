"""Turns rows into what programs read (JSON, ids as decimal strings) and people (dates, sizes)."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from stylestudio_desktop.domain.batch import BatchItem, Progress
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.masks import Mask
from stylestudio_desktop.domain.money import written
from stylestudio_desktop.domain.purchase import Refund, is_bounced, is_held, is_paying
from stylestudio_desktop.domain.records import (
    Count,
    Generation,
    GenerationCard,
    Job,
    LinkedFile,
    Purchase,
    StateChange,
    StoredFile,
    TokenEntry,
    UsageRecord,
    User,
)
from stylestudio_desktop.domain.sending import Sending
from stylestudio_desktop.services import generate, library
from stylestudio_desktop.services.studio import Studio

Json = dict[str, Any]


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)


def error(code: Code, sentence: str) -> Json:
    """Return what every refusal looks like to a program."""
    return {"code": code.value, "message": sentence}


def generation(row: Generation) -> Json:
    """Return a generation with everything that was asked and what became of it."""
    return {
        "id": str(row.id),
        "status": row.status,
        "tokens_used": row.tokens_used,
        "price": row.price,
        "prompt": row.prompt,
        "negative_prompt": row.negative_prompt,
        "full_prompt": row.full_prompt,
        "parameters": generate.brief_from(row, (), ()).parameters(),
        "error": row.error,
        "error_code": row.error_code,
        "retry_count": row.retry_count,
        "processing_time_ms": row.processing_time_ms,
        "remote_id": row.remote_id,
        "batch_id": _id(row.batch_id),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "completed_at": row.completed_at,
        "trashed_at": row.trashed_at,
    }


def card(row: GenerationCard, thumbnail: str | None = None, job: Job | None = None) -> Json:
    """Return a generation as lists show it; `picture` is the digest of the picture it shows."""
    return {
        **row._asdict(),
        "id": str(row.id),
        "picture": thumbnail,
        "job": None if job is None else place(job),
    }


def place(job: Job) -> Json:
    """Return a generation's place in the queue."""
    return {
        "generation_id": str(job.generation_id),
        "provider": job.provider,
        "attempt": job.attempt,
        "running": job.host is not None,
        "tries": job.tries,
        "not_before": job.not_before,
        "stage": job.stage,
        "progress": job.progress,
        "cancel_requested": bool(job.cancel_requested),
        "review": job.review,
    }


def batch(seen: Progress) -> Json:
    """Return a batch with its own progress, counted in rows; tokens are those spent and held."""
    row = seen.batch
    return {
        "id": str(row.id),
        "name": row.name,
        "status": row.status,
        "reason": row.reason,
        "message": row.sentence,
        "budget": row.budget,
        "price": row.price,
        "tokens": seen.tokens,
        "total": row.total,
        "waiting": seen.waiting,
        "open": seen.open,
        "completed": seen.completed,
        "failed": seen.failed,
        "cancelled": seen.cancelled,
        "refused": seen.refused,
        "dropped": seen.dropped,
        "over": seen.over,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def item(row: BatchItem) -> Json:
    """Return what a batch's table says of a generation."""
    found = row._asdict()
    del found["wish"], found["generation_id"]
    return {**found, "batch_id": str(row.batch_id)}


def picture(studio: Studio, row: StoredFile) -> Json:
    """Return a picture with the place of its bytes."""
    return {
        "id": str(row.id),
        "path": str(library.location(studio, row)),
        "width": row.width,
        "height": row.height,
        "sha256": row.storage_id,
        "size": row.size,
        "content_type": row.content_type,
        "category": row.category,
        "filename": row.filename,
        "format": row.format,
        "generation_id": _id(row.generation_id),
        "favourite": bool(row.favourite),
        "rating": row.rating,
        "style": row.style,
        "provider": row.provider,
        "facts": json.loads(row.facts),
        "uploaded_at": row.uploaded_at,
        "trashed_at": row.trashed_at,
    }


def mask(one: Mask) -> Json:
    """Return what is known of a mended cut-out."""
    return {
        "width": one.width,
        "height": one.height,
        "sha256": one.digest,
        "made_at": one.made_at,
    }


def linked(one: LinkedFile) -> Json:
    """Return a picture's part in a generation."""
    return {
        "id": str(one.file_id),
        "role": one.role,
        "position": one.position,
        "filename": one.filename,
        "width": one.width,
        "height": one.height,
        "sha256": one.storage_id,
    }


def state(change: StateChange) -> Json:
    """Return when a state was reached."""
    return change._asdict()


def sending(record: Sending) -> Json:
    """Return what left this computer for one attempt."""
    kept = {"photos": json.loads(record.photos), "dropped": json.loads(record.dropped)}
    return {**record._asdict(), "generation_id": _id(record.generation_id), **kept}


def _row(
    record: TokenEntry | Purchase | UsageRecord, names: Sequence[str], without: Sequence[str]
) -> Json:
    found = {key: value for key, value in record._asdict().items() if key not in without}
    return {**found, **{name: _id(found[name]) for name in names if name in found}}


def entry(record: TokenEntry) -> Json:
    """Return a line of the ledger."""
    return _row(record, ("id", "generation_id", "purchase_id"), ("user_id",))


def purchase(record: Purchase, back: Sequence[Refund] | None = None) -> Json:
    """Return a purchase; `amount` in the currency's smallest unit, `held` for a decision.

    `back` are its refunds and disputes, where they were asked for.
    """
    found = _row(record, ("id",), ("user_id", "request", "receipt"))
    marks = {"held": is_held(record), "bounced": is_bounced(record)}
    parts = {} if back is None else {"refunds": [refund(one) for one in back]}
    return {**found, **marks, **parts}


def refund(record: Refund) -> Json:
    """Return a refund or dispute; `tokens` less `taken` are still owed."""
    found = {key: value for key, value in record._asdict().items() if key != "user_id"}
    return {**found, "id": str(record.id), "purchase_id": str(record.purchase_id)}


def usage(record: UsageRecord) -> Json:
    """Return a record of the log."""
    found = _row(record, ("id", "generation_id", "purchase_id", "file_id"), ("user_id",))
    found["metadata"] = json.loads(record.metadata)
    return found


def user(row: User) -> Json:
    """Return a person with the wallet."""
    return {**row._asdict(), "id": str(row.id), "profile_image_id": _id(row.profile_image_id)}


def balance(known: int | None) -> str:
    """Return a balance in words, None for one that a broken ledger does not bear out."""
    if known is None:
        return "the balance is not known until the ledger is in order (“stylestudio ledger”)"
    return f"{tokens(known)} available"


def counts(rows: Sequence[Count], total: str) -> Json:
    """Return kept counts by key; `total` names what the sum is of."""
    return {row.key: {"number": row.number, total: row.total} for row in rows}


def day(moment: int | None) -> str:
    """Return a moment (UTC milliseconds) in the user's own time, to the minute."""
    if moment is None:
        return ""
    return datetime.fromtimestamp(moment / 1000).astimezone().strftime("%Y-%m-%d %H:%M")


def short(text: str, longest: int = 48) -> str:
    """Return text on one line, cut where it is too long for a table."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def size(number: int | float) -> str:
    """Return bytes in the unit that people use."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


def length(seconds: float) -> str:
    """Return a length of time as people say it, to the second or the minute."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def tokens(number: int) -> str:
    """Return a number of tokens in words."""
    return "1 token" if number == 1 else f"{number} tokens"


def standing(row: Purchase) -> str:
    """Return how a purchase stands, in a word or two."""
    if is_held(row):
        return "undecided"
    if is_paying(row):
        return "being paid"
    return "refund bounced" if is_bounced(row) else row.status


def reason(row: Purchase) -> str:
    """Return why a purchase's money went back, empty if it did not."""
    return (row.refund_reason or "").replace("_", " ")


def parts_back(found: Sequence[Refund], currency: str) -> str:
    """Return what went back of a purchase, or is disputed, in a few words; empty for nothing."""
    words = {"refund": "back", "dispute": "disputed"}
    return ", ".join(
        f"{written(one.amount, currency)} {words.get(one.kind, one.kind)}" for one in found
    )
