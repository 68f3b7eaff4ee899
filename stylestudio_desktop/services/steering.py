"""What people do to work under way: cancel, retry, decide, pause, and let it go first."""

import uuid

from stylestudio_desktop.domain.errors import (
    Code,
    IllegalStep,
    Remedy,
)
from stylestudio_desktop.domain.events import (
    GenerationMoved,
    QueueChanged,
)
from stylestudio_desktop.domain.generation import (
    Status,
    check_step,
)
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.services import attempts, ceilings, ledger_proof
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import generations, jobs


def cancel(studio: Studio, generation_id: int) -> Generation:
    """Stop a generation: at once while it waits, by its worker while it runs.

    Returns it as it stands now. Raises IllegalStep once it has ended.
    """
    with studio.database.write():
        row = attempts.owned(studio, generation_id)
        check_step(Status(row.status), Status.CANCELLED)
        job = jobs.get(studio.database, generation_id)
        if job is not None and job.host is not None:
            jobs.request_cancel(studio.database, generation_id)
            studio.tell(GenerationMoved(generation_id, row.status))
        else:
            attempts.close(studio, row, Status.CANCELLED, Code.CANCELLED, "You cancelled it.")
    return attempts.owned(studio, generation_id)


def retry(studio: Studio, generation_id: int) -> Generation:
    """Try a failed generation again at its frozen price, with a new hold.

    Raises IllegalStep unless it failed and lies outside of the trash, NotEnoughTokens when the
    balance is too small, and BudgetReached when it belongs to a batch whose budget is.
    """
    ledger_proof.prepare(studio)
    with studio.database.write():
        row = attempts.owned(studio, generation_id)
        if row.trashed_at is not None:
            raise IllegalStep(
                "This generation lies in the trash. Nothing was changed. Restore it, then try "
                "it again."
            )
        check_step(Status(row.status), Status.PENDING)
        ceilings.require(studio, {row.provider: row.pictures})
        attempt = row.retry_count + 1
        moment = now_ms()
        with attempts.within_budget():
            moved = generations.step(
                studio.database,
                row,
                Status.PENDING,
                moment,
                tokens_used=row.price,
                error_code=None,
                error=None,
                completed_at=None,
                processing_time_ms=None,
                retry_count=attempt,
            )
        if not moved:
            raise IllegalStep("It has moved on meanwhile. Nothing was changed.")
        attempts.enqueue(studio, row, attempt, moment)
        attempts.tell_balance(studio)
    return attempts.owned(studio, generation_id)


def send_again(studio: Studio, generation_id: int) -> Generation:
    """Answer a job that waits for a decision with “run it again”. Raises IllegalStep."""
    with studio.database.write():
        row = attempts.owned(studio, generation_id)
        if not jobs.again(studio.database, generation_id, str(uuid.uuid4())):
            raise IllegalStep("This generation is not waiting for a decision.")
        studio.tell(GenerationMoved(generation_id, row.status))
    return row


def let_go(studio: Studio, generation_id: int) -> Generation:
    """Answer a job that waits for a decision with “let it go”; its tokens come back.

    Raises IllegalStep unless it waits for one.
    """
    with studio.database.write():
        row = attempts.owned(studio, generation_id)
        job = jobs.get(studio.database, generation_id)
        if job is None or job.review is None:
            raise IllegalStep("This generation is not waiting for a decision.")
        attempts.close(
            studio, row, Status.FAILED, Code(job.review), "You let it go; its tokens are back."
        )
    return attempts.owned(studio, generation_id)


def pause_queue(studio: Studio) -> None:
    """Let the queue take no new work; what runs is finished."""
    with studio.database.write():
        jobs.pause(studio.database, "*", None, "user", "You paused the queue.")
        studio.tell(QueueChanged())


def resume_queue(studio: Studio, provider: str = "*") -> None:
    """Let the queue, or one service, take work again."""
    with studio.database.write():
        jobs.resume(studio.database, provider)
        studio.tell(QueueChanged())


def move_to_top(studio: Studio, generation_id: int) -> None:
    """Let a waiting generation be the next to run."""
    with studio.database.write():
        attempts.owned(studio, generation_id)
        ahead = jobs.first(studio.database, 1)
        if ahead and ahead[0].generation_id != generation_id:
            jobs.set_rank(studio.database, generation_id, ahead[0].rank - 1)
            studio.tell(QueueChanged())


REMEDIES = {
    Code.NOT_ENOUGH_TOKENS.value: Remedy.TOP_UP,
    Code.NEEDS_PAYMENT.value: Remedy.OPEN_SETTINGS,
    Code.NEEDS_KEY.value: Remedy.OPEN_SETTINGS,
    Code.NEEDS_CONSENT.value: Remedy.OPEN_SETTINGS,
    Code.NEEDS_SETUP.value: Remedy.OPEN_SETTINGS,
    Code.BUDGET_REACHED.value: Remedy.OPEN_SETTINGS,
    Code.SERVICE_REFUSED.value: Remedy.CHANGE_PROVIDER,
    Code.PHOTO_UNSUITABLE.value: Remedy.CHANGE_INPUT,
    Code.FILE_MISSING.value: Remedy.CHANGE_INPUT,
    Code.FILE_DAMAGED.value: Remedy.CHANGE_INPUT,
    Code.STORAGE_FULL.value: Remedy.FREE_SPACE,
    Code.SERVICE_FAILED.value: Remedy.RETRY,
    Code.NO_NETWORK.value: Remedy.RETRY,
    Code.RESULT_EXPIRED.value: Remedy.RETRY,
    Code.CRASHED_TWICE.value: Remedy.RETRY,
    Code.RESTORED.value: Remedy.RETRY,
    Code.OUTCOME_UNKNOWN.value: Remedy.RETRY,
}
"""The action that helps after each kind of failure."""
