"""The command that keeps several workspaces apart, and moves pictures between them."""

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.cli.at_work import at_work
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.pieces import told
from stylestudio_desktop.cli.speaking import Bar, print_json, say, table
from stylestudio_desktop.config import remembered, workspaces
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.services import environments
from stylestudio_desktop.services.environments import Difference


def workspace(desk: Desk) -> int:
    """Do what is asked with workspaces."""
    given = desk.arguments
    if (given.name is None) != (given.action == "list"):
        raise BadInput(f"“workspace {given.action}” takes {_takes(given.action)}.")
    return {
        "list": _list,
        "create": _create,
        "begin": _begin,
        "switch": _switch,
        "copy": _copy,
        "compare": _compare,
        "sync": _sync,
    }[given.action](desk)


def _takes(action: str) -> str:
    return "no name" if action == "list" else "the name or folder of a workspace"


def _list(desk: Desk) -> int:
    found = workspaces.listing()
    if desk.json:
        print_json(
            {
                "workspaces": [
                    {"name": one.name, "path": str(one.root), "kind": one.kind,
                     "current": one.current}
                    for one in found
                ]
            }
        )  # fmt: skip
    else:
        table(
            ("", "Name", "For", "Folder"),
            [("→" if one.current else "", one.name, one.kind, str(one.root)) for one in found],
        )
    return 0


def _create(desk: Desk) -> int:
    made = workspaces.create(desk.arguments.name, desk.arguments.kind)
    with desk.open(made):
        pass
    return _made(desk, made)


def _made(desk: Desk, made: Workspace) -> int:
    name, kind = made.root.name, workspaces.character(made).kind
    if desk.json:
        print_json({"name": name, "path": str(made.root), "kind": kind})
    else:
        say(f"{name} ({kind}) is made in {made.root}. Use it with “workspace switch {name}”.")
    return 0


def _begin(desk: Desk) -> int:
    """Begin a new library where one is known to have been and is gone for good."""
    place = workspaces.choose(desk.arguments.name)
    if not remembered.is_away(place) and place.database.exists():
        raise BadInput(
            f"There is a library in {place.root}. Nothing was changed. A new one can only begin "
            "where there is none."
        )
    remembered.forget(place)
    with desk.open(place):
        pass
    if desk.json:
        print_json({"path": str(place.root)})
    else:
        say(f"A new library begins in {place.root}.")
    return 0


def _switch(desk: Desk) -> int:
    found = workspaces.switch(desk.arguments.name)
    if desk.json:
        print_json({"name": desk.arguments.name, "path": str(found.root)})
    else:
        say(f"From now on {desk.arguments.name} is used: {found.root}")
    return 0


def _copy(desk: Desk) -> int:
    """Make a workspace and move what may move from this one into it; --dry-run only shows it."""
    given = desk.arguments
    with desk.open() as studio:
        if given.dry_run:
            return _show(desk, environments.copying_all(studio, given.kind))
        with at_work(studio), Bar("Copying") as bar:
            made, done = environments.copy(studio, given.name, given.kind, bar.step)
    if desk.json:
        return told(desk, done)
    told(desk, done)
    return _made(desk, made)


def _other(desk: Desk) -> Workspace:
    word = desk.arguments.name
    path = path_of(word)
    return Workspace(path.absolute()) if path.is_dir() else workspaces.named(word)


def _compare(desk: Desk) -> int:
    with desk.open() as studio:
        return _show(desk, environments.compare(studio, _other(desk)))


def _show(desk: Desk, found: Difference) -> int:
    if desk.json:
        print_json(
            {
                "from": found.source, "into": found.target,
                "schemas": [found.source_schema, found.target_schema],
                "scrubbed": found.scrubbed, "files": list(found.files),
                "collections": list(found.collections), "searches": list(found.searches),
                "pictures": found.pictures, "size": found.size,
            }
        )  # fmt: skip
        return 0
    say(f"From {found.source} into {found.target}, both of schema {found.target_schema}:")
    say(f"  {found.pictures:,} pictures ({shapes.size(found.size)})")
    for name, what in (
        ("collections", found.collections),
        ("kept searches", found.searches),
        ("replaced", found.files),
    ):
        if what:
            say(f"  {name}: {', '.join(what)}")
    say("Tokens, purchases, people and jobs stay where they are.")
    if found.scrubbed:
        say("It is scrubbed: no notes, and no addresses where a picture came from.")
    return 0


def _sync(desk: Desk) -> int:
    """Show what would move; move it only after --yes."""
    if not desk.arguments.yes:
        code = _compare(desk)
        if not desk.json:
            say("Nothing was changed. Do it with --yes.")
        return code
    with desk.open() as studio, at_work(studio), Bar("Moving") as bar:
        _, done = environments.sync(studio, _other(desk), progress=bar.step)
    return told(desk, done)
