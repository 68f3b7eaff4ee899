"""Brings `.venv` into the state that a command needs: nothing to do, added to, repaired, or new."""

from collections.abc import Sequence
from dataclasses import replace

from devkit import building, health, say, stamp, system
from devkit.places import Places
from devkit.say import Trouble
from devkit.stamp import Stamp
from devkit.turns import one_at_a_time

PROGRAM = ("runtime", "build")
CHECKS = ("runtime", "build", "dev")


def fault(places: Places, lists: Sequence[str]) -> str:
    """Return the first reason why `.venv` can't be used as it is, or an empty text."""
    if not places.venv.is_dir():
        return "there is no virtual environment yet"
    known = stamp.read(places.stamp)
    if known is None:
        return "its set-up was not finished, or its record is damaged"
    if known.state != stamp.READY:
        return "its set-up was interrupted"
    if known.root != str(places.root):
        return "the checkout was moved"
    answer = health.ask(places)
    if answer is None:
        return "its Python does not run"
    if answer.python.split(".")[:2] != known.python.split(".")[:2]:
        return f"its Python is {answer.python} but was {known.python}"
    if damaged := health.damage(places, known):
        return damaged
    if answer.database or (answer.window and not answer.lacks_system_library):
        return answer.database or answer.window
    for name, digest in known.locks.items():
        if digest != stamp.lock_digest(places, name):
            return f"packaging/lock/{name}.txt has changed"
    return ""


def lacking(places: Places, lists: Sequence[str]) -> list[str]:
    """Return what must be added to a healthy `.venv`: lists by name, and `project`."""
    known = stamp.read(places.stamp)
    if known is None:
        return [*lists, "project"]
    added = [name for name in lists if name not in known.locks]
    stale = known.project != stamp.project_digest(places) or not places.program.exists()
    return [*added, "project"] if stale else added


def ensure(places: Places, lists: Sequence[str]) -> None:
    """Make sure that `.venv` holds the packages of `lists` and the program, and works.

    Takes a fraction of a second when it already does. Otherwise one line per step is printed.

    Raises:
        Trouble: it can't be done; the sentence says why and what helps.
    """
    building.refuse_foreign(places)
    if not fault(places, lists) and not lacking(places, lists):
        return
    if reason := system.unsupported():
        raise Trouble(reason)
    with one_at_a_time(places.setup_lock):
        reason = fault(places, lists)
        if reason:
            _start_afresh(places, reason)
        for name in lacking(places, lists):
            _add(places, name)
        if left := fault(places, lists):
            raise Trouble(
                f"The set-up was carried out, but .venv still can't be used: {left}. "
                "Nothing outside .venv was touched. Run the command once more; if it says this "
                "again, please report it with the lines above."
            )
    say.line("Set-up is complete.")


def _start_afresh(places: Places, reason: str) -> None:
    foreign = building.is_foreign(places)
    if (places.venv / "pyvenv.cfg").exists():
        say.line(f"The virtual environment .venv is set up anew, because {reason}.")
    under_way = Stamp(stamp.UNDER_WAY, root=str(places.root))
    if foreign:
        say.line("It was not made by this command, so packages are added and nothing is removed.")
    else:
        stamp.write(places.stamp, under_way)
        places.maker_mark.touch()
        building.empty(places)
        building.make(places)
    answer = health.ask(places)
    if answer is None or tuple(map(int, answer.python.split(".")[:2])) < (3, 11):
        raise Trouble(
            "The Python in .venv does not run or is older than 3.11. "
            "Move the folder .venv away and run the command again."
        )
    stamp.write(places.stamp, _ready(places, under_way, answer.python))


def _ready(places: Places, base: Stamp, python: str) -> Stamp:
    names = health.installed(places, python)
    return replace(base, state=stamp.READY, python=python, distributions=names)


def _add(places: Places, name: str) -> None:
    before = stamp.read(places.stamp)
    if before is None:
        raise Trouble("The record in .venv vanished during the set-up. Run the command again.")
    # Should this process be killed on the way, the next one finds this and starts afresh.
    stamp.write(places.stamp, replace(before, state=stamp.UNDER_WAY))
    try:
        if name == "project":
            building.install_project(places)
            after = replace(before, project=stamp.project_digest(places))
        else:
            building.install_lock(places, name)
            if name == "runtime" and not building.is_foreign(places):
                building.unpack_support(places)
            locks = {**before.locks, name: stamp.lock_digest(places, name)}
            after = replace(before, locks=locks)
    except Trouble:
        if not health.damage(places, before):
            stamp.write(places.stamp, before)
        raise
    stamp.write(places.stamp, _ready(places, after, before.python))
