"""Commands that move pictures: out of the library, into the trash, back, and away for good."""

from collections.abc import Sequence
from pathlib import Path

from stylestudio_desktop.cli import reading, shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import BAD_INPUT, Bar, note, print_json, say
from stylestudio_desktop.domain.errors import BadInput, Code
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import everything, exporting, history, library

DAY_MS = 86_400_000


def export(desk: Desk) -> int:
    """Copy pictures into a folder; 2 only when none could be written."""
    given = desk.arguments
    if bool(given.ids) == given.all:
        raise BadInput("Name the pictures to export, or say --all for everything.")
    if given.all and (given.preset != "original" or given.pattern):
        raise BadInput("--all takes every picture as it is: leave out --preset and --pattern.")
    if given.all:
        return _everything(desk, path_of(given.to).absolute())
    with desk.open() as studio, Bar("Exporting") as bar:
        done = exporting.export(
            studio,
            reading.ids(given.ids),
            path_of(given.to).absolute(),
            preset=given.preset,
            pattern=given.pattern or exporting.DEFAULT_PATTERN,
            progress=bar.step,
        )
    return _told(desk, done)


def _everything(desk: Desk, place: Path) -> int:
    with desk.open() as studio, Bar("Exporting") as bar:
        done = everything.take_out(studio, place, bar.step)
    code = _told(desk, done.pictures, [str(one) for one in done.tables])
    if not desk.json:
        say(f"{done.folder}: {len(done.pictures.exported):,} pictures and every table.")
    return code


def _told(desk: Desk, done: exporting.Exports, tables: Sequence[str] = ()) -> int:
    for lost in done.rejected:
        note(f"{lost.file_id}: {lost.reason}")
    nothing = bool(done.rejected) and not done.exported
    if desk.json:
        answer: shapes.Json = {
            "exported": [{"id": str(one.file_id), "path": str(one.path)} for one in done.exported],
            "rejected": [
                {"id": str(lost.file_id), "reason": lost.reason} for lost in done.rejected
            ],
        }
        if tables:
            answer["tables"] = list(tables)
        if nothing:
            answer["error"] = shapes.error(Code.BAD_INPUT, done.rejected[0].reason)
        print_json(answer)
    else:
        for one in done.exported:
            say(str(one.path))
    return BAD_INPUT if nothing else 0


def trash(desk: Desk) -> int:
    """Move pictures or generations to the trash."""
    return _move(desk, back=False)


def restore(desk: Desk) -> int:
    """Bring pictures or generations back."""
    return _move(desk, back=True)


def _move(desk: Desk, back: bool) -> int:
    wanted = reading.ids(desk.arguments.ids)
    with desk.open() as studio:
        history.trash_any(studio, wanted, back=back)
        days = studio.settings.value.trash_days
    if desk.json:
        print_json({"restored" if back else "trashed": [str(one) for one in wanted]})
    elif back:
        say(f"{len(wanted)} brought back.")
    else:
        say(f"{len(wanted)} moved to the trash, and can be brought back for {days} days.")
    return 0


def purge(desk: Desk) -> int:
    """Remove what has been in the trash for as many days as the settings say, or as asked."""
    days = desk.arguments.older_than
    if days is not None and days < 0:
        raise BadInput("--older-than takes a number of days from 0 on.")
    with desk.open() as studio:
        if days is None:
            days = studio.settings.value.trash_days
        # One millisecond on, so that 0 days means everything that is in the trash now.
        gone = library.purge(studio, now_ms() - days * DAY_MS + 1)
        kept = library.totals(studio)
    if desk.json:
        print_json({"purged": gone, "files": shapes.counts(kept, "bytes")})
    else:
        say(f"{gone} removed for good.")
    return 0
