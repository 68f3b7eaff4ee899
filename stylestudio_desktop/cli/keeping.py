"""Commands on copies of the library: making, listing and checking them."""

from datetime import datetime

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import STORAGE, Bar, note, print_json, say, table
from stylestudio_desktop.domain.errors import BadInput, StorageNewer
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import table_export
from stylestudio_desktop.services.backup import (
    drill,
    full,
    moments,
    places,
    proving,
    record,
    snapshots,
    standing,
    unfinished,
)
from stylestudio_desktop.services.backup.snapshots import Snapshot


def backup(desk: Desk) -> int:
    """Do what is asked with the library's copies."""
    action = desk.arguments.action
    if (desk.arguments.to is not None) > (action == "full"):
        raise BadInput("--to is for “backup full” alone.")
    if (desk.arguments.what is not None) > (action in ("list", "verify")):
        raise BadInput(f"“backup {action}” takes no name.")
    return {
        "snapshot": _snapshot,
        "full": _full,
        "list": _list,
        "verify": _verify,
        "drill": _drill,
    }[action](desk)


def _snapshot(desk: Desk) -> int:
    with desk.open() as studio:
        made = snapshots.take(studio, Reason.ASKED)
    if desk.json:
        print_json(_shape(made))
    else:
        say(f"{made.path.name}: {shapes.size(made.size)}, checked.")
    return 0


def _shape(one: Snapshot) -> shapes.Json:
    return {
        "name": one.path.name,
        "path": str(one.path),
        "moment": one.moment,
        "schema": one.schema,
        "reason": one.reason.value,
        "size": one.size,
    }


def _full(desk: Desk) -> int:
    with desk.open() as studio, Bar("Backing up") as bar:
        place = desk.arguments.to or studio.settings.value.backup_place
        if not place:
            raise BadInput("Say where to: “stylestudio backup full --to FOLDER”.")
        made = full.make(studio, path_of(place).absolute(), progress=bar.step)
    for one in made.missing:
        note(f"{one}: missing or damaged in the library, so it is not in this backup.")
    if desk.json:
        print_json(
            {
                "path": str(made.home),
                "moment": made.moment,
                "pictures": made.pictures,
                "copied": made.copied,
                "copied_bytes": made.copied_bytes,
                "missing": list(made.missing),
            }
        )
    else:
        say(f"{made.home}")
        say(
            f"{made.pictures:,} pictures, {made.copied:,} of them new "
            f"({shapes.size(made.copied_bytes)})."
        )
    return 0


def moment_text(moment: int) -> str:
    """Return a moment (UTC milliseconds) in the user's own time."""
    return datetime.fromtimestamp(moment / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _tenth(moment: int) -> str:
    """Return the tenth of a second that begins next: whoever types it gets what was there."""
    tenths = -(-moment // 100)
    return f"{moment_text(tenths * 100)}.{tenths % 10}"


def _list(desk: Desk) -> int:
    found = snapshots.listing(desk.workspace)
    newer = standing.newer(desk.workspace)
    asked = desk.arguments.what
    known = [path_of(asked)] if asked else places.places(desk.workspace)
    backups = [one for place in known for one in places.backups(place.absolute())]
    reach = () if newer else moments.reach(desk.workspace)
    cut_off = unfinished.left(desk.workspace)
    if desk.json:
        print_json(
            {
                "snapshots": [_shape(one) for one in found],
                "backups": [_backup_shape(one) for one in backups],
                "reach": [{"begin": one.begin, "end": one.end} for one in reach],
                "unfinished": None if cut_off is None else str(cut_off.place),
                "newer": newer is not None,
            }
        )
        return 0
    if newer is not None:
        _tell_newer(newer, found)
    _tell_snapshots(found)
    if not found and not backups:
        say(
            "A full backup elsewhere is found by “stylestudio backup list PLACE”, and brought back "
            "by “stylestudio restore-backup PLACE”."
        )
    for one in backups:
        manifest = one.manifest
        say(
            f"{one.home}: {moment_text(manifest.moment)}, {manifest.pictures:,} pictures"
            + _needs(manifest.schema)
        )
    for stretch in reach:
        say(
            f"Any moment from {_tenth(stretch.begin)} to {_tenth(stretch.end)}, to "
            "within a tenth of a second, by “restore-backup --at MOMENT”."
        )
    if cut_off is not None:
        note(f"The backup to {cut_off.place} was cut off and is not complete. Make it again.")
    return 0


def _backup_shape(one: places.Kept) -> shapes.Json:
    manifest = one.manifest
    return {
        "path": str(one.home),
        "moment": manifest.moment,
        "pictures": manifest.pictures,
        "schema": manifest.schema,
    }


def _needs(schema: int) -> str:
    return ", by a newer version of the program" if standing.is_newer(schema) else ""


def _tell_newer(newer: StorageNewer, found: list[Snapshot]) -> None:
    """Say what an older program can do with a newer library: nothing, or go back before it."""
    note(newer.sentence)
    if not all(standing.is_newer(one.schema) for one in found):
        note(
            "Or bring it back as it was before, by “restore-backup” with a snapshot that this "
            "version can read: what is here now is kept whole."
        )


def _tell_snapshots(found: list[Snapshot]) -> None:
    if not found:
        say("There is no snapshot yet; “stylestudio backup snapshot” makes one at once.")
        return
    table(
        ("Snapshot", "Of", "Because", "Size"),
        [
            (
                one.path.name, moment_text(one.moment), one.reason.value + _needs(one.schema),
                shapes.size(one.size),
            )
            for one in found
        ],
        right=(3,),
    )  # fmt: skip


def _verify(desk: Desk) -> int:
    """Check one copy, or the newest snapshot and the last full backup; 5 if one is damaged."""
    what = [desk.arguments.what] if desk.arguments.what else _newest(desk)
    found: dict[str, list[str]] = {}
    with Bar("Checking") as bar:
        for one in what:
            found[one] = proving.faults(desk.workspace, one, progress=bar.step)
    if desk.json:
        print_json({"ok": not any(found.values()), "checked": found})
    for one, faults in found.items() if not desk.json else ():
        say(f"{one}: {'whole' if not faults else 'damaged'}")
        for sentence in faults:
            note(sentence)
    return STORAGE if any(found.values()) else 0


def _drill(desk: Desk) -> int:
    """Restore on trial what backups there are; 5 if one would not come back."""
    with desk.open() as studio, Bar("Trying a restore") as bar:
        found = drill.drill(studio, progress=bar.step)
    if desk.json:
        print_json({"ok": found.ok, "message": found.sentence, "faults": list(found.faults)})
    else:
        say(found.sentence)
        for sentence in found.faults:
            note(sentence)
    return 0 if found.ok else STORAGE


def export_tables(desk: Desk) -> int:
    """Write the rows of the person at the desk, each table to a file of its own."""
    given = desk.arguments
    with desk.open() as studio, Bar("Writing tables") as bar:
        folder = path_of(given.to).absolute()
        done = table_export.export(studio, folder, given.format, bar.step)
    if desk.json:
        print_json({"files": [{"path": str(one), "rows": rows} for one, rows in done.items()]})
    else:
        table(("File", "Rows"), [(str(one), f"{rows:,}") for one, rows in done.items()], (1,))
    return 0


def _newest(desk: Desk) -> list[str]:
    found = [one.path.name for one in snapshots.listing(desk.workspace)[:1]]
    place = record.read(desk.workspace).full_place
    if place:
        found.append(place)
    if not found:
        raise BadInput("There is no backup yet. “stylestudio backup snapshot” makes one.")
    return found
