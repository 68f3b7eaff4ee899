"""The ways of workspaces: one brings in what another has, and one becomes a new one.

What moves lies in `other`, which nothing may change; what comes in is there whole or not at all.
"""

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config import workspaces
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.services import (
    adopting,
    bulk,
    environments,
    finishing,
    generate,
    health,
    library,
    organising,
)
from stylestudio_desktop.services.studio import Studio
from tests.factories import FakeProvider, brief_for, import_photo, open_test_studio
from tests.faults.copies_victim import opened, plant_names_only, plant_no_journal, plant_raw_errors
from tests.faults.generating import awaits_a_sweep
from tests.faults.points import Way
from tests.store.machines import results, stored_result, work_until_processing

THERE = 3
"""The pictures of the other workspace: two photos, and one that was made of the first."""
TRIAL = "trial"


def prepare(folder: Path) -> None:
    """Make a library with nothing and another with a bit of everything that may move."""
    other = open_studio(Workspace(folder / "other"), {"local": FakeProvider()})
    product = import_photo(other, folder, "gold")
    import_photo(other, folder, "red")
    row = work_until_processing(other, generate.start(other, brief_for(product)))
    saved = stored_result(other, folder, "navy")
    finishing.complete(other, row, results(saved, 1))
    kept = organising.new_collection(other, "Spring")
    bulk.collect(other, bulk.Selection(ids=[product]), kept.id)
    organising.keep_search(other, "good ones", "rating:>3")
    (other.workspace.root / "services.json").write_text('{"services": []}')
    close_studio(other)
    close_studio(open_test_studio(folder))


def _home(world: Path) -> Path:
    return world / "home"


def _seat(action: str, world: Path) -> Workspace:
    """Return the workspace that takes in."""
    os.environ["XDG_DATA_HOME"] = str(_home(world))
    return Workspace(world / "workspace") if action == "sync" else workspaces.named(TRIAL)


def act(action: str, world: Path, _address: str) -> None:
    """Bring in, or become a new workspace; again, it goes on where it was."""
    os.environ["XDG_DATA_HOME"] = str(_home(world))
    if action == "copy" and TRIAL not in [one.name for one in workspaces.listing()]:
        workspaces.create(TRIAL, workspaces.STAGING)
    studio = opened(_seat(action, world).root)
    environments.sync(studio, Workspace(world / "other"))
    close_studio(studio)


def look(action: str, world: Path, _memory: object, finished: bool) -> list[str]:
    """Return everything that is wrong with either workspace."""
    found = _sound("other", Workspace(world / "other"), THERE, THERE, finished)
    usual = os.environ.get("XDG_DATA_HOME")
    os.environ["XDG_DATA_HOME"] = str(_home(world))
    try:
        return found + _taken_in(action, world, finished)
    finally:  # whoever looks is no child that ends
        os.environ.pop("XDG_DATA_HOME", None)
        if usual is not None:
            os.environ["XDG_DATA_HOME"] = usual


def _taken_in(action: str, world: Path, finished: bool) -> list[str]:
    found: list[str] = []
    if action == "copy":
        known = {one.name: one.kind for one in workspaces.listing()}
        if TRIAL not in known:
            return ["no workspace was made"] if finished else found
        if known[TRIAL] != workspaces.STAGING:
            found.append(f"the workspace for trials is a {known[TRIAL]} one")
    place = _seat(action, world)
    if not place.database.is_file() and not finished:
        return found
    return found + _sound("here", place, THERE if finished else 0, THERE, finished)


def _sound(what: str, place: Workspace, least: int, most: int, finished: bool) -> list[str]:
    studio = open_studio(place, {"local": FakeProvider()})
    try:
        found = [
            f"{what}: {one.sentence}"
            for one in health.verify(studio, deep=True).problems
            if finished or not awaits_a_sweep(one)
        ]
        pictures = len(library.ids(studio, FileFilter()))
        if not least <= pictures <= most:
            found.append(f"{what}: {pictures} pictures")
        if finished:
            found += _complete(what, studio)
    finally:
        close_studio(studio)
    return found


def _complete(what: str, studio: Studio) -> list[str]:
    sets = [(one.name, one.number) for one in organising.list_collections(studio)]
    found = [] if sets == [("Spring", 1)] else [f"{what}: collections {sets}"]
    kept = [one.name for one in organising.list_searches(studio)]
    if kept != ["good ones"]:
        found.append(f"{what}: kept searches {kept}")
    services = studio.workspace.services
    if not services.is_file() or json.loads(services.read_text()) != {"services": []}:
        found.append(f"{what}: the own services did not come along")
    left = [one for one in studio.workspace.tmp.rglob("*") if one.is_file()]
    left += [one for one in studio.workspace.restoring.rglob("*") if one.is_file()]
    return found + [f"{what}: left behind {one.name}" for one in left]


def plant_row_before_bytes() -> None:
    """A bug: a picture's row comes in first and its bytes afterwards."""
    genuine = adopting._have_bytes
    late: list[tuple[Any, ...]] = []

    def have(*asked: Any) -> bool:
        late.append(asked)
        return True

    real = environments._one

    def one(*given: Any) -> None:
        real(*given)
        while late:
            genuine(*late.pop(0))

    adopting._have_bytes, environments._one = have, one


def plant_kind_later() -> None:
    """A bug: a new workspace says only afterwards that it is for trials."""

    def create(name: str, kind: str) -> Workspace:
        made = Workspace(workspaces.home() / "workspaces" / name)
        made.make()
        said = {"name": name, "kind": kind, "keys": workspaces.USUAL_KEYS}
        workspaces._write(made.root / workspaces._FILE, json.dumps(said))
        return made

    workspaces.create = create


_ANY = {
    "no_journal": plant_no_journal,
    "raw_errors": plant_raw_errors,
}
BUGS = {
    "sync": {"names_only": plant_names_only, **_ANY, "row_before_bytes": plant_row_before_bytes},
    "copy": {"names_only": plant_names_only, **_ANY, "kind_later": plant_kind_later},
}
WAYS = [
    Way(action, prepare, partial(act, action), partial(look, action), BUGS[action])
    for action in BUGS
]
