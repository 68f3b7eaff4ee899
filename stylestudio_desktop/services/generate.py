"""The story of a generation as people steer it: quote, start, cancel, retry, decide."""

import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.brief import MAX_SEED, Brief, check
from stylestudio_desktop.domain.errors import (
    BadInput,
    Code,
    IllegalStep,
    NotEnoughTokens,
    NotFound,
    Remedy,
)
from stylestudio_desktop.domain.events import (
    BalanceChanged,
    GenerationEnded,
    GenerationMoved,
    GenerationStarted,
    QueueChanged,
)
from stylestudio_desktop.domain.generation import (
    OPEN,
    ROLE_CATEGORY,
    Role,
    Status,
    check_step,
)
from stylestudio_desktop.domain.ids import FileId, new_id, now_ms
from stylestudio_desktop.domain.records import Action, Generation, Job, UsageRecord
from stylestudio_desktop.files.store import Condition
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, files, generations, jobs, usage, users
from stylestudio_desktop.store.database import RuleBroken

if TYPE_CHECKING:
    from stylestudio_desktop.providers.protocol import Capabilities


@dataclass(frozen=True, slots=True)
class Quote:
    """What a brief costs and what would be sent, before anything is started."""

    price: int
    each: int
    balance: int
    width: int
    height: int
    prompt: str
    negative_prompt: str

    @property
    def short(self) -> int:
        """How many tokens are missing."""
        return max(0, self.price - self.balance)


def quote(studio: Studio, brief: Brief) -> Quote:
    """Price a brief and compose its prompt; the files are not looked at. Raises BadInput."""
    width, height = studio.catalogue.pixels(brief.quality, brief.aspect_ratio)
    return Quote(
        price=studio.catalogue.price(brief.quality, brief.count),
        each=studio.catalogue.quality(brief.quality).tokens,
        balance=users.balance(studio.database, studio.user_id),
        width=width,
        height=height,
        prompt=studio.catalogue.compose(brief),
        negative_prompt=studio.catalogue.avoid(brief),
    )


def capabilities(studio: Studio, provider: str, model: str | None) -> "Capabilities":
    """Return what the chosen model of a service can do. Raises NotFound."""
    card = studio.provider(provider).card
    for one in card.models:
        if model is None or one.id == model:
            return one.capabilities
    names = ", ".join(one.id for one in card.models)
    raise NotFound(f"{card.name} has no model “{str(model)[:60]}”. Choose one of: {names}.")


def start(studio: Studio, brief: Brief) -> Generation:
    """Create a generation, hold its tokens, link its files and queue it, all or nothing.

    Raises BadInput, NotFound or NotEnoughTokens; nothing has changed then.
    """
    return start_many(studio, [brief])[0]


def start_many(studio: Studio, briefs: Sequence[Brief]) -> list[Generation]:
    """Start several generations in one transaction: all of them, or none."""
    ready = [_examined(studio, brief) for brief in briefs]
    with studio.database.write():
        started = [_begin(studio, brief) for brief in ready]
        _tell_balance(studio)
    return started


def _examined(studio: Studio, brief: Brief) -> Brief:
    brief = check(brief)
    studio.catalogue.style(brief.style)
    able = capabilities(studio, brief.provider, brief.model)
    _check_able(studio, brief, able)
    found = {
        row.id: row
        for row in files.by_ids(studio.database, studio.user_id, [*brief.products, *brief.models])
    }
    for role, ids in ((Role.PRODUCT, brief.products), (Role.MODEL, brief.models)):
        for file_id in ids:
            row = found.get(file_id)
            if row is None or row.trashed_at is not None:
                raise NotFound(
                    f"The {role.value} photo {file_id} is not in the library. Nothing was started. "
                    "Import it, or bring it back from the trash."
                )
            if row.category != ROLE_CATEGORY[role].value:
                raise BadInput(
                    f"“{row.filename}” is kept as a {row.category.replace('_', ' ')} and can't be "
                    f"used as a {role.value} photo. Import it as a {role.value} photo first."
                )
            if studio.files.quick(row.storage_id, row.size) is not Condition.INTACT:
                raise BadInput(
                    f"The file of “{row.filename}” is missing or damaged. Nothing was started. "
                    "Import the photo again.",
                    code=Code.FILE_MISSING,
                )
    return brief


def _check_able(studio: Studio, brief: Brief, able: "Capabilities") -> None:
    name = studio.provider(brief.provider).card.name
    studio.catalogue.quality(brief.quality)
    studio.catalogue.ratio(brief.aspect_ratio)
    problems = (
        (len(brief.products) > able.max_products, f"at most {able.max_products} product photos"),
        (len(brief.models) > able.max_models, f"at most {able.max_models} photos of people"),
        (able.needs_model_photo and not brief.models, "a photo of a person"),
        (brief.quality not in able.qualities, f"the qualities {', '.join(able.qualities)}"),
        (brief.aspect_ratio not in able.ratios, f"the ratios {', '.join(able.ratios)}"),
        (brief.count > able.max_count, f"at most {able.max_count} pictures at a time"),
    )
    for wrong, takes in problems:
        if wrong:
            raise BadInput(f"{name} takes {takes}. Nothing was started.")


def _begin(studio: Studio, brief: Brief) -> Generation:
    database = studio.database
    moment = now_ms()
    generation_id = new_id()
    seed = secrets.randbelow(MAX_SEED + 1) if brief.seed is None else brief.seed
    price = studio.catalogue.price(brief.quality, brief.count)
    row = Generation(
        id=generation_id,
        user_id=studio.user_id,
        status=Status.PENDING.value,
        prompt=brief.prompt,
        negative_prompt=brief.negative_prompt,
        full_prompt=studio.catalogue.compose(brief),
        provider=brief.provider,
        model=brief.model,
        style=brief.style,
        quality=brief.quality,
        aspect_ratio=brief.aspect_ratio,
        pictures=brief.count,
        strength=brief.strength,
        guidance_scale=brief.guidance_scale,
        num_inference_steps=brief.num_inference_steps,
        seed=seed,
        options=json.dumps(dict(brief.options)),
        price=price,
        tokens_used=price,
        error_code=None,
        error=None,
        retry_count=0,
        processing_time_ms=None,
        remote_id=None,
        created_at=moment,
        updated_at=moment,
        completed_at=None,
        trashed_at=None,
    )
    generations.insert(database, row)
    generations.link(database, generation_id, Role.PRODUCT, brief.products)
    if brief.models:
        generations.link(database, generation_id, Role.MODEL, brief.models)
    _queue(studio, row, attempt=0, moment=moment)
    return row


def _queue(studio: Studio, row: Generation, attempt: int, moment: int) -> None:
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
    record(studio, row, Action.GENERATION_STARTED, moment, tokens=row.price)
    studio.tell(GenerationStarted(row.id))


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


def cancel(studio: Studio, generation_id: int) -> Generation:
    """Stop a generation: at once while it waits, by its worker while it runs.

    Returns it as it stands now. Raises IllegalStep once it has ended.
    """
    with studio.database.write():
        row = owned(studio, generation_id)
        check_step(Status(row.status), Status.CANCELLED)
        job = jobs.get(studio.database, generation_id)
        if job is not None and job.host is not None:
            jobs.request_cancel(studio.database, generation_id)
            studio.tell(GenerationMoved(generation_id, row.status))
        else:
            close(studio, row, Status.CANCELLED, Code.CANCELLED, "You cancelled it.")
    return owned(studio, generation_id)


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
        error=sentence,
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
    _tell_balance(studio, row.user_id)


def worked_ms(studio: Studio, row: Generation, moment: int) -> int | None:
    """Return the milliseconds from the start of work on this attempt; None if it never began."""
    begun = [
        change.at
        for change in generations.states(studio.database, row.id)
        if change.status == Status.UPLOADING.value and change.attempt == row.retry_count
    ]
    return max(0, moment - begun[-1]) if begun else None


def retry(studio: Studio, generation_id: int) -> Generation:
    """Try a failed generation again at its frozen price, with a new hold.

    Raises IllegalStep unless it failed, NotEnoughTokens when the balance is too small.
    """
    with studio.database.write():
        row = owned(studio, generation_id)
        check_step(Status(row.status), Status.PENDING)
        attempt = row.retry_count + 1
        moment = now_ms()
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
        _queue(studio, row, attempt, moment)
        _tell_balance(studio)
    return owned(studio, generation_id)


def brief_of(studio: Studio, generation_id: int) -> Brief:
    """Return what a generation asked for, to run it again or to start from its settings."""
    row = owned(studio, generation_id)
    used = generations.linked(studio.database, [generation_id])
    return brief_from(
        row,
        [one.file_id for one in used if one.role == Role.PRODUCT.value],
        [one.file_id for one in used if one.role == Role.MODEL.value],
    )


def brief_from(row: Generation, products: Sequence[int], models: Sequence[int]) -> Brief:
    """Return a generation's row and files as the brief they came from."""
    return Brief(
        products=tuple(FileId(file_id) for file_id in products),
        models=tuple(FileId(file_id) for file_id in models),
        prompt=row.prompt,
        negative_prompt=row.negative_prompt,
        style=row.style,
        quality=row.quality,
        aspect_ratio=row.aspect_ratio,
        count=row.pictures,
        provider=row.provider,
        model=row.model,
        seed=row.seed,
        strength=row.strength,
        guidance_scale=row.guidance_scale,
        num_inference_steps=row.num_inference_steps,
        options=MappingProxyType(json.loads(row.options)),
    )


def send_again(studio: Studio, generation_id: int) -> Generation:
    """Answer a job that waits for a decision with “run it again”. Raises IllegalStep."""
    with studio.database.write():
        row = owned(studio, generation_id)
        if not jobs.again(studio.database, generation_id, str(uuid.uuid4())):
            raise IllegalStep("This generation is not waiting for a decision.")
        studio.tell(GenerationMoved(generation_id, row.status))
    return row


def let_go(studio: Studio, generation_id: int) -> Generation:
    """Answer a job that waits for a decision with “let it go”; its tokens come back.

    Raises IllegalStep unless it waits for one.
    """
    with studio.database.write():
        row = owned(studio, generation_id)
        job = jobs.get(studio.database, generation_id)
        if job is None or job.review is None:
            raise IllegalStep("This generation is not waiting for a decision.")
        close(studio, row, Status.FAILED, Code(job.review), "You let it go; its tokens are back.")
    return owned(studio, generation_id)


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
        owned(studio, generation_id)
        ahead = jobs.first(studio.database, 1)
        if ahead and ahead[0].generation_id != generation_id:
            jobs.set_rank(studio.database, generation_id, ahead[0].rank - 1)
            studio.tell(QueueChanged())


def is_open(row: Generation) -> bool:
    """Say whether a generation still waits or runs."""
    return Status(row.status) in OPEN


def _tell_balance(studio: Studio, user_id: int | None = None) -> None:
    who = studio.user_id if user_id is None else user_id
    studio.tell(BalanceChanged(who, users.balance(studio.database, who)))


REMEDIES = {
    Code.NOT_ENOUGH_TOKENS.value: Remedy.TOP_UP,
    Code.NEEDS_PAYMENT.value: Remedy.OPEN_SETTINGS,
    Code.NEEDS_KEY.value: Remedy.OPEN_SETTINGS,
    Code.SERVICE_REFUSED.value: Remedy.CHANGE_PROVIDER,
    Code.PHOTO_UNSUITABLE.value: Remedy.CHANGE_INPUT,
    Code.FILE_MISSING.value: Remedy.CHANGE_INPUT,
    Code.FILE_DAMAGED.value: Remedy.CHANGE_INPUT,
    Code.STORAGE_FULL.value: Remedy.FREE_SPACE,
    Code.SERVICE_FAILED.value: Remedy.RETRY,
    Code.NO_NETWORK.value: Remedy.RETRY,
    Code.RESULT_EXPIRED.value: Remedy.RETRY,
    Code.CRASHED_TWICE.value: Remedy.RETRY,
    Code.OUTCOME_UNKNOWN.value: Remedy.RETRY,
}
"""The action that helps after each kind of failure."""
