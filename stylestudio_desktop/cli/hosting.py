"""Commands on the queue: showing and steering it, and working it off without a window."""

import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType

from stylestudio_desktop.cli import reading, shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import note, print_json, say, table
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.events import (
    Event,
    GenerationCompleted,
    GenerationEnded,
)
from stylestudio_desktop.domain.records import Job
from stylestudio_desktop.services import arranging, attempts, health, lineup, steering
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.watching import Report
from stylestudio_desktop.worker.besides import Besides
from stylestudio_desktop.worker.caretaker import Caretaker
from stylestudio_desktop.worker.runner import Runner


def queue(desk: Desk) -> int:
    """Show the queue, pause or resume all of it or one service, or steer one generation."""
    given = desk.arguments
    action, word = given.action, given.id
    if action not in ("list", "pause", "resume") and word is None:
        raise BadInput(f"“queue {action}” needs the id of a generation.")
    if action == "list" and word is not None:
        raise BadInput("“queue list” takes no id. “stylestudio show” tells of one generation.")
    for name, fits in (("before", "move"), ("to", "elsewhere"), ("to_model", "elsewhere")):
        if getattr(given, name) is not None and action != fits:
            raise BadInput(f"--{name.replace('_', '-')} goes with “queue {fits}”.")
    with desk.open() as studio:
        if action in ("pause", "resume"):
            _hold(studio, action, word)
        elif action != "list":
            _steer(studio, desk, reading.an_id(word))
        _tell(desk, studio)
    return 0


def _hold(studio: Studio, action: str, service: str | None) -> None:
    if action == "pause":
        if service is None:
            steering.pause_queue(studio)
        else:
            arranging.pause_service(studio, service)
    else:
        for pause in lineup.pauses(studio):
            if service in (None, pause.provider):
                steering.resume_queue(studio, pause.provider)


def _steer(studio: Studio, desk: Desk, generation_id: int) -> None:
    given = desk.arguments
    if given.action == "move" and given.before is None:
        raise BadInput("Say before which generation: “stylestudio queue move ID --before ID”.")
    if given.action == "elsewhere" and given.to is None:
        raise BadInput("Say which service: “stylestudio queue elsewhere ID --to SERVICE”.")
    acts: dict[str, Callable[[], object]] = {
        "top": lambda: steering.move_to_top(studio, generation_id),
        "up": lambda: arranging.move_by(studio, generation_id, -1),
        "down": lambda: arranging.move_by(studio, generation_id, 1),
        "bottom": lambda: arranging.move_before(studio, generation_id, None),
        "move": lambda: arranging.move_before(studio, generation_id, reading.an_id(given.before)),
        "cancel": lambda: steering.cancel(studio, generation_id),
        "retry": lambda: steering.retry(studio, generation_id),
        "elsewhere": lambda: arranging.elsewhere(studio, generation_id, given.to, given.to_model),
    }
    acts[given.action]()


def _tell(desk: Desk, studio: Studio) -> None:
    found = lineup.places(studio)
    pauses = lineup.pauses(studio)
    if desk.json:
        print_json(
            {
                "items": [
                    {
                        **shapes.place(one.job),
                        "takes_ms": one.takes_ms,
                        "ready_ms": one.ready_ms,
                    }
                    for one in found
                ],
                "pauses": [
                    {
                        "provider": pause.provider,
                        "until": pause.until,
                        "reason": pause.reason,
                        "message": pause.sentence,
                    }
                    for pause in pauses
                ],
            }
        )
        return
    for pause in pauses:
        say(pause.sentence)
    table(
        ("Generation", "Service", "State", "Ready in", "Prompt"),
        [
            (
                one.job.generation_id, one.job.provider, _state(one.job),
                "" if one.ready_ms is None else shapes.length(one.ready_ms / 1000),
                shapes.short(one.card.prompt),
            )
            for one in found
        ],
    )  # fmt: skip


def _state(job: Job) -> str:
    if job.review:
        return "needs your decision"
    return job.stage or ("waiting" if job.host is None else "running")


def worker(desk: Desk) -> int:
    """Work off the queue and watch folders until told to stop; or only until it is empty."""
    stop = threading.Event()
    done = {"completed": 0, "failed": 0, "cancelled": 0}
    with desk.open() as studio:
        runner = Runner(studio, after_crash=partial(health.sweep_after_crash, studio))

        def hear(event: Event) -> None:
            if isinstance(event, GenerationCompleted):
                done["completed"] += 1
                _line(desk, event.generation_id, "completed")
            elif isinstance(event, GenerationEnded):
                done[event.status] += 1
                why = attempts.owned(studio, event.generation_id).error
                _line(desk, event.generation_id, f"{event.status}. {why}" if why else event.status)

        studio.bus.subscribe(hear)
        _stop_on_signals(stop)
        beside = None if desk.arguments.until_empty else Besides(studio, partial(_came, desk))
        caretaker = Caretaker(studio)
        caretaker.start()
        if beside is not None:
            beside.start()
        try:
            runner.run(stop, until=runner.idle if desk.arguments.until_empty else None)
        finally:
            if beside is not None:
                beside.close()
            caretaker.close()
    if desk.json:
        print_json(done)
    else:
        say(", ".join(f"{number} {name}" for name, number in done.items()))
    return 0


def _came(desk: Desk, report: Report) -> None:
    if report.taken and not desk.json:
        note(f"{len(report.taken)} came in from watched folders")
    for refused in report.rejected:
        note(f"{refused.path}: {refused.reason}")


def _line(desk: Desk, generation_id: int, status: str) -> None:
    if not desk.json:
        note(f"Generation {generation_id}: {status}")


def _stop_on_signals(stop: threading.Event) -> None:
    """Let Ctrl+C and a polite kill end the work in good order; the queue keeps what is open."""
    if threading.current_thread() is not threading.main_thread():
        return

    def wish(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, wish)
    signal.signal(signal.SIGTERM, wish)
