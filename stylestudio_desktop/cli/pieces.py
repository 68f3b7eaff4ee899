"""The command that brings single pieces back from a backup, or shows what is in one."""

from stylestudio_desktop.cli import reading as typed
from stylestudio_desktop.cli import returning
from stylestudio_desktop.cli.at_work import at_work
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import Bar, note, print_json, say, table
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.ids import LARGEST_ID
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import rebuilding
from stylestudio_desktop.services.adopting import Adopted
from stylestudio_desktop.services.backup import moments, pieces


def bring_back(desk: Desk) -> int:
    """Bring back what is named, or list what the backup holds."""
    given = desk.arguments
    if bool(given.ids) == given.list:
        raise BadInput("Name what to bring back, or see what there is with --list.")
    if (given.origin is None) == (given.at is None):
        raise BadInput("Say from where: --from a snapshot or backup, or --at a moment.")
    with desk.open() as studio, at_work(studio):
        moment = None if given.at is None else typed.since(given.at)
        origin = given.origin if moment is None else moments.find(studio.workspace, moment)
        if given.list:
            with pieces.look_into(studio, origin) as inside:
                return _list(desk, inside)
        wanted = typed.ids(given.ids)
        with Bar("Bringing back") as bar, pieces.look_into(studio, origin) as inside:
            done = inside.bring_back(wanted, progress=bar.step)
    return told(desk, done)


def rebuild(desk: Desk) -> int:
    """Bring back what pictures say about themselves: into this library, or in its place."""
    if desk.arguments.folder is None:
        return returning.make_anew(desk)
    folder = path_of(desk.arguments.folder).absolute()
    with desk.open() as studio, at_work(studio), Bar("Rebuilding") as bar:
        done = rebuilding.rebuild(studio, folder, bar.step)
    for name in done.rejected:
        note(f"{name}: no picture that this program takes; it stays where it is.")
    return told(desk, done.adopted)


def told(desk: Desk, done: Adopted) -> int:
    """Say what came in."""
    for name in done.missing:
        note(f"{name}: its bytes are in neither the library nor there.")
    if desk.json:
        print_json(
            {
                "pictures": [str(one) for one in done.pictures.values()],
                "new": [str(one) for one in done.new],
                "generations": [str(one) for one in done.generations],
                "missing": done.missing,
            }
        )
    elif not (done.pictures or done.generations or done.missing):
        say("Nothing was new: all of it is in the library already.")
    else:
        say(f"{len(done.pictures):,} pictures are in the library, {len(done.new):,} of them anew.")
        if done.untrashed:
            say(f"{len(done.untrashed):,} of them lay in the trash.")
    return 0


def _list(desk: Desk, inside: pieces.Inside) -> int:
    given = desk.arguments
    before = LARGEST_ID if given.before is None else typed.an_id(given.before)
    seen = inside.pictures(given.search, before)
    sets = inside.collections()
    if desk.json:
        print_json(
            {
                "pictures": [
                    {
                        "id": str(one.row.id),
                        "filename": one.row.filename,
                        "category": one.row.category,
                        "generation": None
                        if one.row.generation_id is None
                        else str(one.row.generation_id),
                        "now": one.here,
                    }
                    for one in seen
                ],
                "collections": [{"id": str(one.id), "name": one.name} for one in sets],
                "next": str(seen[-1].row.id) if len(seen) == pieces.PAGE else None,
            }
        )
        return 0
    table(
        ("Id", "Name", "Generation", "Now"),
        [
            (str(one.row.id), one.row.filename, str(one.row.generation_id or ""), one.here)
            for one in seen
        ],
    )
    table(("Collection", "Name"), [(str(one.id), one.name) for one in sets])
    if len(seen) == pieces.PAGE:
        say(f"More: --before {seen[-1].row.id}")
    return 0
