"""One attempt of a generation: its place in the queue with the hold, and its end without one."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.errors import (
    BudgetReached,
    Code,
    IllegalStep,
    NotEnoughTokens,
    NotFound,
)
from stylestudio_desktop.domain.events import (
    BalanceChanged,
    GenerationEnded,
    GenerationStarted,
)
from stylestudio_desktop.domain.generation import (
    OPEN,
    Status,
    check_step,
)
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.records import Action, Generation, Job, UsageRecord
from stylestudio_desktop.services import budget
from stylestudio_desktop.services.naming import named
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, generations, jobs, usage, users
from stylestudio_desktop.store.database import RuleBroken


def enqueue(studio: Studio, row: Generation, attempt: int, moment: int) -> None:
    """Hold an attempt's tokens and give it its place in the queue, inside a transaction.

    Raises NotEnoughTokens when the balance does not cover the price.
    """
    database = studio.database
    move = ledger.hold(row.id, attempt, row.price)
    try:
        entries.append(database, row.user_id, move, moment)
    except RuleBroken as error:
        if "balance_covers" not in error.story:
            raise
        raise NotEnoughTokens(row.price, users.balance(database, row.user_id)) from error
    jobs.insert(
        database,
        Job(
            generation_id=row.id,
            intent_id=str(uuid.uuid4()),
            attempt=attempt,
            provider=row.provider,
            seed=row.seed or 0,
            rank=new_id(),
            tries=0,
            not_before=0,
            host=None,
            crashes=0,
            submitted_at=None,
            ref=None,
            outputs=None,
            stage="",
            progress=None,
            cancel_requested=0,
            review=None,
        ),
    )
    budget.keep_to_month(studio)
    record(studio, row, Action.GENERATION_STARTED, moment, tokens=row.price)
    studio.tell(GenerationStarted(row.id, row.batch_id))


@contextmanager
def within_budget() -> Iterator[None]:
    """Turn the library's refusal to go beyond a batch's budget into BudgetReached."""
    try:
        yield
    except RuleBroken as error:
        if "budget used up" not in error.story:
            raise
        raise BudgetReached(
            "The budget of its batch does not cover this. Nothing was started and nothing was "
            "charged. Raise the budget of the batch to go on."
        ) from error


def record(
    studio: Studio,
    row: Generation,
    action: Action,
    moment: int,
    *,
    tokens: int = 0,
    pictures: int = 0,
    duration_ms: int = 0,
    metadata: str = "{}",
) -> None:
    """Log what happened to a generation, inside the transaction in which it happens."""
    usage.insert(
        studio.database,
        UsageRecord(
            id=new_id(),
            user_id=row.user_id,
            action=action.value,
            timestamp=moment,
            session=None,
            generation_id=row.id,
            purchase_id=None,
            file_id=None,
            provider=row.provider,
            style=row.style,
            tokens=tokens,
            pictures=pictures,
            duration_ms=duration_ms,
            metadata=metadata,
        ),
    )


def owned(studio: Studio, generation_id: int) -> Generation:
    """Return a generation of the person at the desk. Raises NotFound."""
    row = generations.get(studio.database, generation_id, studio.user_id)
    if row is None:
        raise NotFound(f"There is no generation {generation_id} in this library.")
    return row


def close(studio: Studio, row: Generation, status: Status, code: Code, sentence: str) -> None:
    """End an open generation without a picture and give its tokens back.

    Belongs inside a transaction. Raises IllegalStep if it has ended already.
    """
    database = studio.database
    check_step(Status(row.status), status)
    moment = now_ms()
    moved = generations.step(
        database,
        row,
        status,
        moment,
        tokens_used=0,
        error_code=code.value,
        error=named(studio, sentence, row.user_id),
        completed_at=moment,
        processing_time_ms=worked_ms(studio, row, moment),
    )
    if not moved:
        raise IllegalStep("It has moved on meanwhile. Nothing was changed.")
    entries.append(
        database, row.user_id, ledger.release(row.id, row.retry_count, row.price), moment
    )
    failed = status is Status.FAILED
    action = Action.GENERATION_FAILED if failed else Action.GENERATION_CANCELLED
    record(studio, row, action, moment, metadata=json.dumps({"error": code.value}))
    jobs.delete(database, row.id)
    studio.tell(GenerationEnded(row.id, status.value))
    tell_balance(studio, row.user_id)


def worked_ms(studio: Studio, row: Generation, moment: int) -> int | None:
    """Return the milliseconds from the start of work on this attempt; None if it never began."""
    begun = [
        change.at
        for change in generations.states(studio.database, row.id)
        if change.status == Status.UPLOADING.value and change.attempt == row.retry_count
    ]
    return max(0, moment - begun[-1]) if begun else None


def is_open(row: Generation) -> bool:
    """Say whether a generation still waits or runs."""
    return Status(row.status) in OPEN


def tell_balance(studio: Studio, user_id: int | None = None) -> None:
    """Publish the balance, of the person at the desk if nobody else is named, after the commit."""
    who = studio.user_id if user_id is None else user_id
    studio.tell(BalanceChanged(who, users.balance(studio.database, who)))
