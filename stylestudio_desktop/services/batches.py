"""A batch from its start to its end: one row with its own progress, to be paused and gone on."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from stylestudio_desktop.domain.batch import (
    Batch,
    BatchItem,
    BatchStatus,
    ItemState,
    Plan,
    Progress,
)
from stylestudio_desktop.domain.errors import (
    BadInput,
    BudgetReached,
    Code,
    IllegalStep,
    NotEnoughTokens,
    NotFound,
)
from stylestudio_desktop.domain.events import BatchChanged, QueueChanged
from stylestudio_desktop.domain.generation import OPEN, Status
from stylestudio_desktop.domain.ids import LARGEST_ID, new_id, now_ms
from stylestudio_desktop.domain.records import Count
from stylestudio_desktop.services import steering
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import batches, users


def start(studio: Studio, plan: Plan) -> Batch:
    """Keep a plan as a batch; whoever hosts the queue begins its rows one after the other.

    Raises BadInput when nothing is in it, BudgetReached or NotEnoughTokens when what may be
    spent is not there; nothing has changed then.
    """
    if not plan.wishes:
        raise BadInput("There is nothing in this batch that can be made. Nothing was started.")
    if not plan.within:
        raise BudgetReached(
            f"The budget of {plan.budget} tokens does not cover the first picture, which costs "
            f"{plan.prices[0]}. Nothing was started."
        )
    moment = now_ms()
    batch = Batch(
        id=new_id(),
        user_id=studio.user_id,
        name=plan.name,
        status=BatchStatus.RUNNING.value,
        reason=None,
        sentence=None,
        budget=plan.most,
        total=len(plan.wishes),
        price=plan.price,
        created_at=moment,
        updated_at=moment,
    )
    items = [
        BatchItem(
            batch_id=batch.id,
            position=position,
            line=wish.line,
            sku=wish.sku,
            name=wish.name,
            wish=json.dumps({**asdict(wish), "line": None, "sku": "", "name": ""}),
            price=price,
            state=ItemState.WAITING.value,
            error=None,
            generation_id=None,
        )
        for position, (wish, price) in enumerate(zip(plan.wishes, plan.prices, strict=True))
    ]
    with studio.database.write():
        balance = users.balance(studio.database, studio.user_id)
        if plan.most > balance:
            raise NotEnoughTokens(plan.most, balance)
        batches.insert(studio.database, batch, items)
        _tell(studio, batch.id)
    return batch


def owned(studio: Studio, batch_id: int) -> Batch:
    """Return a batch of the person at the desk. Raises NotFound."""
    found = batches.get(studio.database, batch_id, studio.user_id)
    if found is None:
        raise NotFound(f"There is no batch {batch_id} in this library.")
    return found


def listing(studio: Studio, limit: int = 50, before: int = LARGEST_ID) -> list[Progress]:
    """Return the newest batches with their progress, below id `before`."""
    return measured(studio, batches.newest(studio.database, studio.user_id, before, limit))


def progress(studio: Studio, batch_id: int) -> Progress:
    """Return a batch and how far it is. Raises NotFound."""
    return measure(studio, owned(studio, batch_id))


def measure(studio: Studio, batch: Batch) -> Progress:
    """Return how far a batch is, from kept counts alone."""
    return measured(studio, [batch])[0]


def measured(studio: Studio, found: Sequence[Batch]) -> list[Progress]:
    """Return how far each batch is; their kept counts are read together."""
    kept = batches.counts(studio.database, [batch.id for batch in found])
    return [_progress(batch, kept.get(batch.id, [])) for batch in found]


def _progress(batch: Batch, kept: Sequence[Count]) -> Progress:
    number = {one.key: one.number for one in kept}
    return Progress(
        batch=batch,
        waiting=number.get(ItemState.WAITING.value, 0),
        open=sum(number.get(status.value, 0) for status in OPEN),
        completed=number.get(Status.COMPLETED.value, 0),
        failed=number.get(Status.FAILED.value, 0),
        cancelled=number.get(Status.CANCELLED.value, 0),
        refused=number.get(ItemState.REFUSED.value, 0),
        dropped=number.get(ItemState.DROPPED.value, 0),
        tokens=sum(one.total for one in kept),
    )


def refused(studio: Studio, batch_id: int, limit: int = 100) -> list[BatchItem]:
    """Return the first rows that could not be begun, with their sentences. Raises NotFound."""
    owned(studio, batch_id)
    return batches.of_state(studio.database, batch_id, ItemState.REFUSED, limit)


def pause(studio: Studio, batch_id: int) -> Progress:
    """Begin nothing more of a batch; what runs is finished. Raises IllegalStep, NotFound."""
    with studio.database.write():
        batch = owned(studio, batch_id)
        if measure(studio, batch).over or batch.status not in _GOES_ON:
            raise IllegalStep("This batch has nothing left that could be paused.")
        rest(studio, batch, "user", "You paused it.")
    return progress(studio, batch_id)


def resume(studio: Studio, batch_id: int, budget: int | None = None) -> Progress:
    """Let a batch that rests go on, with another budget if one is given.

    Raises IllegalStep if it is over or given up, BudgetReached when the budget does not cover
    its next row, NotFound.
    """
    with studio.database.write():
        batch = owned(studio, batch_id)
        seen = measure(studio, batch)
        if seen.over or batch.status == BatchStatus.CANCELLED.value:
            raise IllegalStep("This batch is over. Start another one.")
        following = batches.next_item(studio.database, batch_id)
        most = batch.budget if budget is None else budget
        if following is not None and seen.tokens + following.price > most:
            raise BudgetReached(
                f"{seen.tokens} tokens are spent or held already; a budget of {most} leaves too "
                "little to go on with. Name a larger one."
            )
        if budget is not None:
            batches.set_budget(studio.database, batch_id, max(budget, seen.tokens), now_ms())
        status = BatchStatus.RUNNING if seen.waiting else BatchStatus.DONE
        batches.set_status(studio.database, batch, status, now_ms())
        _tell(studio, batch_id)
    return progress(studio, batch_id)


def cancel(studio: Studio, batch_id: int) -> Progress:
    """Give a batch up: nothing more is begun, and what waits or runs is stopped.

    Tokens of what is stopped come back. Raises IllegalStep if it is over, NotFound.
    """
    with studio.database.write():
        batch = owned(studio, batch_id)
        if measure(studio, batch).over:
            raise IllegalStep("This batch is over already.")
        batches.set_status(studio.database, batch, BatchStatus.CANCELLED, now_ms())
        batches.drop(studio.database, batch_id)
        for generation_id in batches.open_generations(studio.database, batch_id):
            steering.cancel(studio, generation_id)
        _tell(studio, batch_id)
    return progress(studio, batch_id)


def rest(studio: Studio, batch: Batch, reason: str, sentence: str) -> None:
    """Let a batch rest until somebody resumes it, inside or outside of a transaction."""
    with studio.database.write():
        batches.set_status(studio.database, batch, BatchStatus.PAUSED, now_ms(), reason, sentence)
        _tell(studio, batch.id)


def spent(studio: Studio, batch: Batch) -> None:
    """Let a batch rest whose budget is used up."""
    rest(
        studio, batch, Code.BUDGET_REACHED.value,
        f"Its budget of {batch.budget} tokens is used up. Raise it to go on.",
    )  # fmt: skip


def finished(studio: Studio, batch: Batch) -> None:
    """Note that every row of a batch has been begun or refused."""
    with studio.database.write():
        batches.set_status(studio.database, batch, BatchStatus.DONE, now_ms())
        _tell(studio, batch.id)


def _tell(studio: Studio, batch_id: int) -> None:
    studio.tell(BatchChanged(batch_id))
    studio.tell(QueueChanged())


_GOES_ON = (BatchStatus.RUNNING.value, BatchStatus.DONE.value)
