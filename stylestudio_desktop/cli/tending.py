"""Commands that look after a library: verify it, and examine its surroundings."""

from collections.abc import Mapping

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import STORAGE, Bar, note, print_json, say
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import doctor as examination
from stylestudio_desktop.services import health, mending

SHOWN = 50


def verify(desk: Desk) -> int:
    """Prove the rules, and with --repair mend what can be mended; 1 if any is broken."""
    if desk.arguments.repair:
        return _repair(desk)
    with desk.open() as studio, Bar("Verifying") as bar:
        found = health.verify(studio, deep=desk.arguments.deep, progress=bar.step)
    if desk.json:
        print_json(
            {
                "ok": found.ok,
                "checked": dict(found.checked),
                "problems": [
                    {"rule": one.rule, "subject": one.subject, "sentence": one.sentence}
                    for one in found.problems
                ],
                "remarks": list(found.remarks),
            }
        )
    else:
        for name, number in found.checked.items():
            say(f"{number:12,} {name.replace('_', ' ')}")
        for one in found.problems[:SHOWN]:
            note(f"{one.rule}: {one.sentence}")
        if len(found.problems) > SHOWN:
            note(f"… and {len(found.problems) - SHOWN} more; --json lists them all.")
        for remark in found.remarks:
            say(remark)
        say("Every rule holds." if found.ok else _broken(len(found.problems)))
    return 0 if found.ok else 1


def _broken(number: int, still: str = "") -> str:
    return f"One rule is {still}broken." if number == 1 else f"{number} rules are {still}broken."


def _repair(desk: Desk) -> int:
    with desk.open() as studio, Bar("Mending") as bar:
        made = mending.repair(studio, progress=bar.step)
    left = [] if made.left is None else made.left.problems
    if desk.json:
        print_json(
            {
                "ok": made.ok,
                "done": made.done,
                "quarantine": None if made.quarantine is None else str(made.quarantine),
                "problems": [
                    {"rule": one.rule, "subject": one.subject, "sentence": one.sentence}
                    for one in left
                ],
            }
        )
        return 0 if made.ok else 1
    for sentence in made.done:
        say(sentence)
    if made.quarantine is not None:
        say(f"What was set aside lies in {made.quarantine}")
    for one in left[:SHOWN]:
        note(f"{one.rule}: {one.sentence}")
    say("Every rule holds." if made.ok else _broken(len(left), "still "))
    return 0 if made.ok else 1


def doctor(desk: Desk) -> int:
    """Examine everything; 5 if the library can't be opened."""
    trouble = None
    try:
        with desk.open() as studio:
            report = examination.examine(desk.workspace, studio)
    except StudioError as error:
        trouble = error
        report = examination.examine(desk.workspace, None, error)
    if desk.json:
        print_json(report)
    else:
        _tell(report)
    return STORAGE if trouble is not None else 0


def _tell(report: shapes.Json) -> None:
    for name in ("versions", "system", "paths", "schema", "keyring", "display"):
        _facts(name.capitalize(), report[name])
    _facts("Services", {one["name"]: one["sentence"] for one in report["providers"]})
    _facts(
        "Engine files",
        {
            one["title"]: "here"
            if one["present"]
            else f"not fetched ({shapes.size(one['size'])}): adds {one['adds']}"
            for one in report["engine_files"]
        },
    )
    say(f"Free space\n  {shapes.size(report['space']['free'])}")
    for one in report["findings"]:
        say(f"! {one['sentence']}")


def _facts(title: str, facts: Mapping[str, object]) -> None:
    say(title)
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        say(f"  {name.ljust(width)}  {_fact(value)}")


def _fact(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value is None else str(value)
