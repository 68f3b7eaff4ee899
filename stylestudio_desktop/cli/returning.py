"""Commands that bring a library back: from a snapshot, a full backup, or before a restore."""

import contextlib
from collections.abc import Sequence

from stylestudio_desktop.cli import reading as typed
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.keeping import moment_text
from stylestudio_desktop.cli.speaking import Bar, note, print_json, say
from stylestudio_desktop.config.remembered import must_be_there
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import ledger_proof
from stylestudio_desktop.services.backup import anew, moments, reading, restore, snapshots, swap

_NAMED = 5


def restore_backup(desk: Desk) -> int:
    """Build the wanted library, prove it, and put it in its place; the old one is kept."""
    given = desk.arguments
    if sum((given.what is not None, given.at is not None, given.back)) != 1:
        raise BadInput("Say which: a snapshot's name, a backup's place, --at MOMENT, or --back.")
    if given.what is None or not path_of(given.what).exists():
        must_be_there(desk.workspace)  # nothing of its own is left to bring back
    desk.workspace.make()
    if given.back:
        swap.plan_back(desk.workspace)
        return _put(desk, None)
    into = None if given.into is None else path_of(given.into).absolute()
    asked = None if given.at is None else typed.since(given.at)
    origin = _origin(desk, asked)
    with contextlib.ExitStack() as held, Bar("Restoring") as bar:
        if isinstance(origin, reading.Backup):
            held.enter_context(contextlib.closing(origin))
        made = restore.stage(desk.workspace, origin, into, progress=bar.step)
    if asked is not None and made.moment < asked:
        note(
            f"What was written last before {moment_text(asked)} can't be brought back: this is the "
            f"library of {moment_text(made.moment)}. “stylestudio backup list” shows which moments "
            "can be reached."
        )
    if made.missing:
        _tell_missing(made.missing)
    if made.remark:
        note(made.remark)
    if into is not None:
        if desk.json:
            print_json({**_shape(made), "into": str(into)})
        else:
            say(f"{into} is the library as it was at {moment_text(made.moment)}.")
        return 0
    swap.plan(desk.workspace, made.stage, made.settings)
    return _put(desk, made)


def make_anew(desk: Desk) -> int:
    """Make a damaged or lost library anew of its own pictures; the old one is kept."""
    must_be_there(desk.workspace)
    desk.workspace.make()
    anew.refuse_sound(desk.workspace)
    with Bar("Making the library anew") as bar:
        made = anew.stage(desk.workspace, bar.step)
    for name in made.missing:
        note(f"{name}: no picture that this program takes; it is kept where the old library is.")
    swap.plan(desk.workspace, made.stage, made.settings)
    return _put(desk, made, of_pictures=True)


def _tell_missing(missing: Sequence[str]) -> None:
    """Name the first few pictures whose bytes are nowhere: a disaster would fill pages."""
    for one in missing[:_NAMED]:
        note(f"{one}: this picture is neither in the library nor in the backup.")
    more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
    note(
        f"These pictures{more} are known by name only. “stylestudio verify” names each, and "
        "“stylestudio verify --repair” fetches what the last full backup has."
    )


def _origin(desk: Desk, asked: int | None) -> restore.Origin:
    given = desk.arguments
    if asked is not None:
        return moments.find(desk.workspace, asked)
    place = path_of(given.what)
    try:
        return snapshots.find(desk.workspace, given.what)
    except BadInput:
        if len(place.parts) == 1 and not place.exists():  # a name that was mistyped, or is gone
            raise
    return reading.find(place.absolute())


def _put(desk: Desk, made: restore.Restored | None, of_pictures: bool = False) -> int:
    kept = swap.finish(desk.workspace)
    with desk.open() as studio:
        studio.database.seals.restored = swap.ANEW
        ledger_proof.at_start(studio)
    if desk.json:
        print_json({**({} if made is None else _shape(made)), "kept": str(kept)})
        return 0
    if made is None:
        say("The library that the last restore replaced is back.")
    elif of_pictures:
        say(
            f"The library is made anew of {made.pictures:,} pictures. Tokens, purchases, notes and "
            "collections are not in pictures; what of them can still be read is in what is kept."
        )
    else:
        say(
            f"The library is as it was at {moment_text(made.moment)}, with {made.pictures:,} "
            "pictures. What was done after that moment is not in it."
        )
        say("The queue waits until you have looked; then: stylestudio queue resume")
    say(f"What was here before is kept in {kept}")
    return 0


def _shape(made: restore.Restored) -> dict[str, object]:
    return {
        "moment": made.moment,
        "pictures": made.pictures,
        "missing": list(made.missing),
        "purchases": made.purchases,
        "remark": made.remark,
    }
