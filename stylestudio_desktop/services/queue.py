"""What the worker may do to the queue, one transaction each: claim, send, keep, put back."""

import json
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from stylestudio_desktop.domain.errors import BadInput, Code, IllegalStep
from stylestudio_desktop.domain.events import (
    GenerationMoved,
    GenerationProgressed,
    QueueChanged,
    ServicePaused,
)
from stylestudio_desktop.domain.generation import Review, Role, Status
from stylestudio_desktop.domain.ids import LARGEST_ID, now_ms
from stylestudio_desktop.domain.records import Generation, Job
from stylestudio_desktop.files.store import Condition
from stylestudio_desktop.providers.protocol import Output, Prepared, RemoteRef
from stylestudio_desktop.services import ceilings, generate
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import batches, generations, jobs

Claimed = tuple[Generation, Job]
"""A job with its generation, taken by one host."""


USER, UNCLEAN = "user", "unclean"
"""Reasons of a pause: somebody's wish, and an end of the program without a goodbye."""
LONGEST_WAIT_MS = 2 * 3_600_000
"""Longer than any wait is ever made: services may ask for an hour."""
CRASHES_ALLOWED = 2
"""A job in flight during this many crashes is set aside (data rules, consistency 4)."""


def claim_next(studio: Studio, host: str, provider: str, sent: bool = False) -> Claimed | None:
    """Take the next due job of a service for `host`; None when there is none.

    With `sent`, only one that the service may have been asked for already.
    """
    while (due := _next_due(studio, provider, sent)) is not None:
        claimed = claim(studio, host, due)
        if claimed is not None:
            return claimed
        if not sent and paused(studio, provider):
            return None
    return None


def _next_due(studio: Studio, provider: str, sent: bool) -> int | None:
    moment = now_ms()
    return jobs.next_due(studio.database, provider, moment, moment + LONGEST_WAIT_MS, sent)


def _waits(until: int | None) -> bool:
    """Say whether a moment to wait for (UTC milliseconds) is still to come.

    One that lies farther away than anything is ever put off was set by a clock that was wrong.
    """
    moment = now_ms()
    return until is not None and moment < until <= moment + LONGEST_WAIT_MS


def claim(studio: Studio, host: str, generation_id: int) -> Claimed | None:
    """Take one waiting job for `host`; None if another host has it or it is not due."""
    database = studio.database
    with database.write():
        job = jobs.get(database, generation_id)
        row = generations.by_id(database, generation_id)
        if job is None or row is None or _waits(job.not_before):
            return None
        if job.submitted_at is None and not _within_ceiling(studio, row):
            return None
        if not jobs.claim(database, generation_id, host):
            return None
        return row, job._replace(host=host)


def _within_ceiling(studio: Studio, row: Generation) -> bool:
    sentence = ceilings.reached(studio, row.provider, row.pictures)
    if sentence:
        # Looked at again every hour: the month may end, or the ceiling be raised elsewhere.
        moment = now_ms()
        until = min(ceilings.next_month(moment), moment + LONGEST_WAIT_MS // 2)
        pause_service(studio, row.provider, until, Code.BUDGET_REACHED, sentence)
    return not sentence


class Hold(Enum):
    """What a pause keeps from happening."""

    NOTHING = "nothing"
    NEW = "new"  # what was sent already is followed and fetched all the same: it may be paid for
    ALL = "all"


BY_HAND = frozenset({USER, UNCLEAN, Code.BUDGET_REACHED.value})
"""Why a pause is there that somebody ends by hand, and that has nothing to do with the service."""


def hold(studio: Studio, provider: str) -> Hold:
    """Say what may be done for a service just now."""
    pauses = jobs.pauses(studio.database)
    reasons = [
        pauses[name][1]
        for name in ("*", provider)
        if name in pauses and (pauses[name][0] is None or _waits(pauses[name][0]))
    ]
    if not reasons:
        return Hold.NOTHING
    return Hold.NEW if BY_HAND.issuperset(reasons) else Hold.ALL


def paused(studio: Studio, provider: str) -> bool:
    """Say whether a service, or ("*") the whole queue, takes no new work now."""
    return hold(studio, provider) is not Hold.NOTHING


def sent_waits(studio: Studio, provider: str) -> bool:
    """Say whether work that a service was asked for already waits to be followed."""
    return jobs.next_due(studio.database, provider, LARGEST_ID, LARGEST_ID, sent=True) is not None


def wait_for_a_person(studio: Studio) -> bool:
    """After an unclean end, begin nothing new until somebody says so; True if anything waits.

    What was sent before goes on by itself (lessons, 9 and 10).
    """
    with studio.database.write():
        waits = jobs.any_unsent(studio.database) or bool(batches.running(studio.database))
        if waits and "*" not in jobs.pauses(studio.database):
            jobs.pause(
                studio.database, "*", None, UNCLEAN,
                "The program ended unexpectedly, so nothing new is begun until you let the queue "
                "go on. Everything is safe.",
            )  # fmt: skip
            studio.tell(QueueChanged())
    return waits


def pause_service(
    studio: Studio, provider: str, until: int | None, reason: Code, sentence: str
) -> None:
    """Let a service take no new work until `until` (UTC milliseconds), or until resumed."""
    with studio.database.write():
        known = jobs.pauses(studio.database).get(provider)
        jobs.pause(studio.database, provider, until, reason.value, sentence)
        studio.tell(QueueChanged())
        going = known is not None and (known[0] is None or known[0] > now_ms())
        if known is None or not going or known[1] != reason.value:  # not each time it is put off
            studio.tell(ServicePaused(provider, until, reason.value, sentence))


def prepare(studio: Studio, row: Generation, job: Job) -> Prepared:
    """Check that every file is there, byte for byte, and settle what will be sent.

    Raises BadInput naming the file that is missing or damaged.
    """
    used = generations.linked(studio.database, [row.id])
    playing = (Role.PRODUCT, Role.MODEL, Role.BACKGROUND)
    paths: dict[str, list[Path]] = {role.value: [] for role in playing}
    ids: dict[str, list[int]] = {role.value: [] for role in playing}
    for one in used:
        if one.role not in paths:
            continue
        condition = studio.files.verify(one.storage_id)
        if condition is not Condition.INTACT:
            raise BadInput(
                f"The file of “{one.filename}” is {condition.value}, so the picture was not made. "
                "Your tokens are back. Import the photo again.",
                code=Code.FILE_MISSING if condition is Condition.MISSING else Code.FILE_DAMAGED,
            )
        paths[one.role].append(studio.files.path(one.storage_id))
        ids[one.role].append(one.file_id)
    width, height = studio.catalogue.pixels(row.quality, row.aspect_ratio)
    behind = Role.BACKGROUND.value
    brief = generate.brief_from(
        row, ids[Role.PRODUCT.value], ids[Role.MODEL.value], *ids[behind][:1]
    )
    return Prepared(
        intent_id=job.intent_id,
        brief=brief,
        prompt=row.full_prompt,
        seed=job.seed,
        width=width,
        height=height,
        products=tuple(paths[Role.PRODUCT.value]),
        models=tuple(paths[Role.MODEL.value]),
        background=next(iter(paths[behind]), None),
    )


def advance(studio: Studio, generation_id: int, status: Status) -> None:
    """Move an open generation on; nothing happens if it is there already."""
    with studio.database.write():
        row = generations.by_id(studio.database, generation_id)
        if row is None or row.status == status.value:
            return
        if not generations.step(studio.database, row, status, now_ms()):
            raise IllegalStep("It has moved on meanwhile. Nothing was changed.")
        studio.tell(GenerationMoved(generation_id, status.value))


def about_to_send(studio: Studio, generation_id: int) -> None:
    """Commit the intent to send before anything is sent."""
    with studio.database.write():
        jobs.submitting(studio.database, generation_id, now_ms())


def not_sent(studio: Studio, generation_id: int) -> None:
    """Note that the service has nothing of the job, so that it may be sent (again)."""
    with studio.database.write():
        jobs.unsent(studio.database, generation_id)


def keep_ref(studio: Studio, generation_id: int, ref: RemoteRef) -> None:
    """Commit where the accepted job can be found again, before anything else happens."""
    text = json.dumps({"id": ref.id, "data": dict(ref.data)})
    with studio.database.write():
        jobs.set_ref(studio.database, generation_id, text)
        generations.set_remote_id(studio.database, generation_id, ref.id, now_ms())
        advance(studio, generation_id, Status.PROCESSING)


def ref_of(job: Job) -> RemoteRef | None:
    """Return where the job can be found again, None before it was accepted."""
    if job.ref is None:
        return None
    found = json.loads(job.ref)
    return RemoteRef(found["id"], found["data"])


def keep_outputs(studio: Studio, generation_id: int, outputs: Sequence[Output]) -> None:
    """Commit which pictures are waiting to be fetched."""
    text = json.dumps(
        [
            {"position": one.position, "locator": one.locator, "facts": dict(one.facts)}
            for one in outputs
        ]
    )
    with studio.database.write():
        jobs.set_outputs(studio.database, generation_id, text)
        advance(studio, generation_id, Status.PROCESSING)


def outputs_of(job: Job) -> tuple[Output, ...] | None:
    """Return the pictures that wait to be fetched, None while they aren't known."""
    if job.outputs is None:
        return None
    return tuple(Output(**one) for one in json.loads(job.outputs))


def progress(studio: Studio, generation_id: int, stage: str, share: float | None) -> None:
    """Show how far a running generation is, in every window and process."""
    with studio.database.write():
        jobs.set_progress(studio.database, generation_id, stage, share)
        studio.tell(GenerationProgressed(generation_id, stage, share))


def wait_until(studio: Studio, job: Job, not_before: int, why: str = "") -> None:
    """Put a job back into the queue, to be tried again from `not_before` (UTC milliseconds).

    `why` is shown while it waits.
    """
    with studio.database.write():
        current = jobs.get(studio.database, job.generation_id)
        if current is not None:
            jobs.put_back(studio.database, job.generation_id, not_before, current.tries)
            jobs.set_progress(studio.database, job.generation_id, why, None)
            studio.tell(QueueChanged())


def set_aside(studio: Studio, generation_id: int, reason: Review) -> None:
    """Let a job wait for a person's decision; its tokens stay held."""
    with studio.database.write():
        row = generations.by_id(studio.database, generation_id)
        jobs.set_review(studio.database, generation_id, reason.value)
        if row is not None:
            studio.tell(GenerationMoved(generation_id, row.status))


def recover(studio: Studio, host: str, dead: Sequence[str]) -> int:
    """Free the jobs of hosts that died; those in flight during two crashes are set aside.

    Returns how many jobs were freed or set aside.
    """
    found = [job for job in jobs.of_other_hosts(studio.database, host) if job.host in dead]
    for job in found:
        with studio.database.write():
            if not jobs.orphaned(studio.database, job.generation_id, job.host or ""):
                continue
            if job.crashes + 1 >= CRASHES_ALLOWED and not job.cancel_requested:
                jobs.set_review(studio.database, job.generation_id, Review.CRASHED_TWICE.value)
            studio.tell(QueueChanged())
    return len(found)


def other_hosts(studio: Studio, host: str) -> set[str]:
    """Return the names of other hosts that have claimed jobs."""
    return {job.host for job in jobs.of_other_hosts(studio.database, host) if job.host}


def release(studio: Studio, generation_id: int, host: str) -> None:
    """Give a claimed job back untouched, when a host closes in good order."""
    with studio.database.write():
        job = jobs.get(studio.database, generation_id)
        if job is not None and job.host == host:
            jobs.put_back(studio.database, generation_id, job.not_before, job.tries)


def wanted_stops(studio: Studio, host: str) -> list[int]:
    """Return the jobs of `host` that somebody wants cancelled."""
    return jobs.cancelled(studio.database, host)


def current(studio: Studio, generation_id: int) -> Generation | None:
    """Return a generation as it stands now, whoever owns it."""
    return generations.by_id(studio.database, generation_id)


def place(studio: Studio, generation_id: int) -> Job | None:
    """Return a generation's place in the queue, None once it has ended."""
    return jobs.get(studio.database, generation_id)


def anything_left(studio: Studio) -> bool:
    """Say whether the queue holds work that needs nobody's decision."""
    return jobs.anything_left(studio.database)


def services_with_work(studio: Studio) -> list[str]:
    """Return the services that have jobs in the queue."""
    return jobs.providers(studio.database)
