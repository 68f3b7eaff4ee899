"""Commands on batches: plan and start one, watch it, list them all, pause and go on."""

import signal
import threading
import time
from functools import partial
from types import FrameType

from stylestudio_desktop.cli import reading, shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.making import staged
from stylestudio_desktop.cli.speaking import BAD_INPUT, Bar, exit_code, note, print_json, say, table
from stylestudio_desktop.domain.batch import Plan, Progress, Wish
from stylestudio_desktop.domain.errors import BadInput, Code, IllegalStep
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import batches, health
from stylestudio_desktop.services.batch_plan import Sources, plan
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker.runner import Runner

LOOK_S = 0.25
MOST_TOLD = 20


def batch(desk: Desk) -> int:
    """Plan a batch; with --dry-run only tell of it, else start it and wait for its end."""
    given = desk.arguments
    with desk.open() as studio:
        made = plan(studio, _sources(desk))
        if given.dry_run:
            return _tell_plan(desk, made)
        if made.problems and not given.skip_bad:
            _tell_problems(made)
            raise BadInput(
                f"{len(made.problems)} of the lines can't be made. Nothing was started. Mend them, "
                "or add --skip-bad to make the others."
            )
        begun = batches.start(studio, made)
        for problem in made.problems[:MOST_TOLD]:
            note(_problem(problem.line, problem.sentence))
        if not given.no_wait:
            _wait(studio, begun.id)
        return _tell_end(desk, studio, batches.progress(studio, begun.id), bool(given.no_wait))


def batch_list(desk: Desk) -> int:
    """List batches, or show, pause, resume or cancel one."""
    given = desk.arguments
    if (given.id is None) != (given.action == "list"):
        raise BadInput(f"“batches {given.action}” needs the id of a batch, and “list” takes none.")
    if given.budget is not None and given.action != "resume":
        raise BadInput("--budget goes with “batches resume”.")
    with desk.open() as studio:
        if given.action == "list":
            return _tell_all(desk, batches.listing(studio))
        batch_id = reading.an_id(given.id)
        if given.action == "pause":
            batches.pause(studio, batch_id)
        elif given.action == "resume":
            batches.resume(studio, batch_id, given.budget)
        elif given.action == "cancel":
            batches.cancel(studio, batch_id)
        return _tell_one(desk, studio, batches.progress(studio, batch_id))


def _sources(desk: Desk) -> Sources:
    given = desk.arguments
    usual = Wish(
        (),
        style=given.style,
        quality=given.quality,
        ratio=given.ratio,
        prompt=given.prompt,
        negative_prompt=given.negative_prompt,
        provider=given.provider,
        service_model=given.provider_model,
        options=tuple(staged(given).items()),
        seed=given.seed,
        count=given.count,
    )
    return Sources(
        paths=tuple(given.paths),
        models=tuple(given.models),
        styles=tuple(word for one in given.styles for word in one.split(",") if word),
        background=given.background,
        settings=usual,
        photos=None if given.photos is None else path_of(given.photos),
        budget=given.budget,
    )


def _problem(line: int | None, sentence: str) -> str:
    return sentence if line is None else f"Line {line}: {sentence}"


def _tell_problems(made: Plan) -> None:
    for problem in made.problems[:MOST_TOLD]:
        note(_problem(problem.line, problem.sentence))
    if len(made.problems) > MOST_TOLD:
        note(f"And {len(made.problems) - MOST_TOLD} more.")


def _tell_plan(desk: Desk, made: Plan) -> int:
    _tell_problems(made)
    for text in made.notes:
        note(text)
    if desk.json:
        answer: shapes.Json = {
            "name": made.name,
            "generations": len(made.wishes),
            "pictures": made.pictures,
            "price": made.price,
            "budget": made.budget,
            "within_budget": made.within,
            "balance": made.balance,
            "seconds": made.seconds,
            "problems": [{"line": one.line, "message": one.sentence} for one in made.problems],
            "notes": list(made.notes),
        }
        if not made.wishes:
            answer["error"] = shapes.error(Code.BAD_INPUT, "Nothing in it can be made.")
        print_json(answer)
        return 0 if made.wishes else BAD_INPUT
    say(f"{made.name}: {len(made.wishes):,} generations, {made.pictures:,} pictures")
    say(f"  {shapes.tokens(made.price)}; {shapes.balance(made.balance)}")
    if made.budget is not None and made.within < len(made.wishes):
        say(f"  the budget of {made.budget} ends it after {made.within:,} generations")
    unknown = "how long it takes is not known yet"
    say(f"  {unknown if made.seconds is None else 'about ' + shapes.length(made.seconds)}")
    say("  Nothing was started.")
    return 0 if made.wishes else BAD_INPUT


def _wait(studio: Studio, batch_id: int) -> None:
    """Work until the batch is over or rests; Ctrl+C pauses it and ends the waiting."""
    stop = threading.Event()
    looked = float("-inf")

    def over() -> bool:
        nonlocal looked
        if time.monotonic() - looked < LOOK_S:
            return False
        looked = time.monotonic()
        seen = batches.progress(studio, batch_id)
        bar.step(seen.ended, seen.batch.total, f"{seen.ended} of {seen.batch.total}")
        return not seen.going_on

    def wish(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    main = threading.current_thread() is threading.main_thread()
    former = signal.signal(signal.SIGINT, wish) if main else None
    try:
        with Bar("Making") as bar:
            Runner(studio, after_crash=partial(health.sweep_after_crash, studio)).run(
                stop, until=over
            )
    finally:
        if main:
            signal.signal(signal.SIGINT, former)
    if stop.is_set():
        try:
            batches.pause(studio, batch_id)
        except IllegalStep:  # it ended in the same instant
            return
        note(f"Paused. “stylestudio batches resume {batch_id}” lets it go on.")


def _tell_end(desk: Desk, studio: Studio, seen: Progress, left: bool) -> int:
    code = _tell_one(desk, studio, seen)
    if code or left:
        return code
    if seen.batch.reason == Code.BUDGET_REACHED.value and seen.waiting:
        return exit_code(Code.BUDGET_REACHED)
    bad = seen.failed + seen.refused
    return exit_code(Code.SERVICE_FAILED) if bad and not seen.completed else 0


def _tell_one(desk: Desk, studio: Studio, seen: Progress) -> int:
    bad = batches.refused(studio, seen.batch.id)
    if desk.json:
        refused = [{"line": one.line, "sku": one.sku, "message": one.error} for one in bad]
        print_json({"batch": shapes.batch(seen), "refused": refused})
        return 0
    for one in bad[:MOST_TOLD]:
        note(_problem(one.line, one.error or ""))
    state = seen.batch.status if not seen.over else "over"
    say(f"Batch {seen.batch.id} “{seen.batch.name}”: {state}")
    say(
        f"  {seen.completed} of {seen.batch.total} made, {seen.open} under way, {seen.waiting} "
        f"waiting, {seen.failed} failed, {seen.cancelled + seen.dropped} cancelled, "
        f"{seen.refused} refused"
    )
    say(f"  {seen.tokens} of {shapes.tokens(seen.batch.budget)} spent or held")
    if seen.batch.sentence:
        say(f"  {seen.batch.sentence}")
    if seen.batch.reason == Code.BUDGET_REACHED.value and seen.waiting:
        say(f"  “stylestudio batches resume {seen.batch.id} --budget TOKENS” lets it go on.")
    return 0


def _tell_all(desk: Desk, found: list[Progress]) -> int:
    if desk.json:
        print_json({"items": [shapes.batch(one) for one in found]})
        return 0
    table(
        ("Batch", "Started", "State", "Done", "Of", "Tokens", "Name"),
        [
            (
                one.batch.id, shapes.day(one.batch.created_at),
                "over" if one.over else one.batch.status,
                one.ended, one.batch.total, one.tokens, shapes.short(one.batch.name),
            )
            for one in found
        ],
        right=(3, 4, 5),
    )  # fmt: skip
    return 0
