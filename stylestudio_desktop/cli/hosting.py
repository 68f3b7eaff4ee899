"""Commands on the queue: showing and steering it, and working it off without a window."""

import signal
import threading
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
from stylestudio_desktop.services import health, lineup, steering
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.watching import Report
from stylestudio_desktop.worker.besides import Besides
from stylestudio_desktop.worker.caretaker import Caretaker
from stylestudio_desktop.worker.runner import Runner


def queue(desk: Desk) -> int:
    """Show the queue, or pause it, resume it, or move one generation to its top."""
    action, word = desk.arguments.action, desk.arguments.id
    if (word is not None) != (action == "top"):
        raise BadInput("“queue top” needs the id of a generation, and only that does.")
    with desk.open() as studio:
        if action == "pause":
            steering.pause_queue(studio)
        elif action == "resume":
            for pause in lineup.pauses(studio):
                steering.resume_queue(studio, pause.provider)
        elif action == "top":
            steering.move_to_top(studio, reading.an_id(word))
        _tell(desk, studio)
    return 0


def _tell(desk: Desk, studio: Studio) -> None:
    line = lineup.lineup(studio)
    if desk.json:
        print_json(
            {
                "items": [shapes.place(job) for job in line.jobs],
                "pauses": [
                    {
                        "provider": pause.provider,
                        "until": pause.until,
                        "reason": pause.reason,
                        "message": pause.sentence,
                    }
                    for pause in line.pauses
                ],
            }
        )
        return
    for pause in line.pauses:
        say(pause.sentence)
    table(
        ("Generation", "Service", "State"),
        [
            (
                job.generation_id,
                job.provider,
                "needs your decision"
                if job.review
                else (job.stage or "running")
                if job.host
                else "waiting",
            )
            for job in line.jobs
        ],
    )


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
                _line(desk, event.generation_id, event.status)

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
