"""The command that says which folders are watched for new photos."""

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.cli.bringing import ROLES
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import print_json, say, table
from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.domain.records import WatchFolder
from stylestudio_desktop.services import watching
from stylestudio_desktop.services.studio import Studio

_WORDS = {category.value: role for role, category in ROLES.items()}


def watch(desk: Desk) -> int:
    """Show the watched folders, add one, or remove one."""
    given = desk.arguments
    if (given.folder is None) != (given.action == "list"):
        raise BadInput("“watch add” and “watch remove” need a folder, “watch list” needs none.")
    if (given.role is None) == (given.action == "add"):
        raise BadInput("“watch add” needs --as product or --as model, and only that does.")
    with desk.open() as studio:
        if given.action == "add":
            watching.watch(studio, path_of(given.folder), ROLES[given.role])
        elif given.action == "remove":
            watching.forget(studio, _meant(studio, given.folder).id)
        found = watching.folders(studio)
    if desk.json:
        print_json({"items": [_shape(one) for one in found]})
        return 0
    rows = [
        (one.id, _WORDS[one.category], "on" if one.enabled else "off", one.path) for one in found
    ]
    table(("Id", "As", "Watched", "Folder"), rows)
    if given.action == "add":
        say("What lands there comes in while a window or “stylestudio worker” is open.")
    return 0


def _meant(studio: Studio, word: str) -> WatchFolder:
    """Return the watched folder of that path or id. Raises NotFound."""
    path = str(path_of(word).absolute())
    for one in watching.folders(studio):
        if word == str(one.id) or path == one.path:
            return one
    raise NotFound(f"The folder “{word[:200]}” is not watched.")


def _shape(one: WatchFolder) -> shapes.Json:
    return {
        "id": str(one.id),
        "path": one.path,
        "category": one.category,
        "enabled": bool(one.enabled),
        "added_at": one.added_at,
    }
