"""Goes back to any moment between two snapshots, by the journal of what every commit wrote."""

import contextlib
from dataclasses import dataclass, replace

from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, StudioError
from stylestudio_desktop.services.backup import snapshots
from stylestudio_desktop.services.backup.snapshots import Snapshot
from stylestudio_desktop.store import rewinding
from stylestudio_desktop.store.copying import has_header
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.rewinding import Stretch, Way


@dataclass(frozen=True, slots=True)
class Moment:
    """The library at `moment` (UTC milliseconds): a snapshot, and the way from it to then.

    Where the journal ends before the moment that was asked for, it is the one where it ends.
    """

    moment: int
    snapshot: Snapshot
    way: Way


def find(workspace: Workspace, moment: int) -> Moment | Snapshot:
    """Return what shows the library as it was at `moment` (UTC milliseconds).

    Where the journal does not reach it, that is the last snapshot before it, and the person is
    told that one's own moment. Raises BadInput where no snapshot is as old as that.
    """
    caught_up = catch_up(workspace)
    there = {one.path.name: one for one in snapshots.listing(workspace)}
    way = rewinding.way_to(workspace.journal, set(there), moment, caught_up)
    earlier = [one for one in there.values() if one.moment <= moment]
    if way is not None and earlier and earlier[0].path.name in way.same:
        return replace(earlier[0], until=moment if way.lasted else 0)
    if way is not None and (way.lasted or not earlier or way.moment >= earlier[0].moment):
        return Moment(moment if way.lasted else way.moment, there[way.base], way)
    if earlier:
        return earlier[0]
    raise BadInput(
        "No snapshot is as old as that. “stylestudio backup list” shows how far back it goes."
    )


def reach(workspace: Workspace) -> tuple[Stretch, ...]:
    """Return the stretches of time any moment of which can be gone back to, oldest first."""
    names = {one.path.name for one in snapshots.listing(workspace)}
    return tuple(rewinding.stretches(workspace.journal, names))


def goes_on(workspace: Workspace) -> bool:
    """Say whether the journal follows what is written just now."""
    return rewinding.goes_on(workspace.journal)


def catch_up(workspace: Workspace) -> bool:
    """Bring the journal up to the last commit, where the database can be opened at all.

    Returns whether it holds everything up to now.
    """
    if not has_header(workspace.database):
        return False
    database = Database(workspace.database)
    caught_up = False
    with contextlib.suppress(StudioError):
        database.open()
        caught_up = database.journal is not None and database.journal.position() is not None
    with contextlib.suppress(StudioError):
        database.close()
    return caught_up
