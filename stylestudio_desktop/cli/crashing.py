"""The command that shows the reports of crashes, which stay on this machine."""

import json

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import print_json, say, table
from stylestudio_desktop.config import crashes as reports
from stylestudio_desktop.domain.errors import NotFound


def crashes(desk: Desk) -> int:
    """List the reports, show one as it is, or delete them all; the library isn't opened."""
    root = desk.workspace.root
    if root.is_dir():
        reports.adopt(root)
    action = desk.arguments.action
    if action == "delete":
        gone = reports.clear(root)
        if desk.json:
            print_json({"deleted": gone})
        else:
            say(f"{gone} reports were deleted.")
        return 0
    found = reports.listing(root)
    if action == "show":
        return _show(desk, found)
    if desk.json:
        print_json([{"name": one.name, "at": one.at, "kind": one.kind} for one in found])
    elif found:
        table(("NAME", "WHEN", "KIND"), [(one.name, shapes.day(one.at), one.kind) for one in found])
        say("They stay on this machine. “stylestudio crashes show NAME” shows one whole.")
    else:
        say("There is no report of a crash.")
    return 0


def _show(desk: Desk, found: list[reports.Report]) -> int:
    wanted = desk.arguments.what
    for one in found:
        if wanted in (None, one.name):
            if desk.json:
                print_json(json.loads(one.text))
            else:
                say(one.text)
            return 0
    raise NotFound(
        "There is no such report of a crash. “stylestudio crashes” lists those there are."
    )
