"""The ways of copies, restores, imports, the trash and upgrades, and what must hold of them."""

import contextlib
import shutil
from functools import partial
from pathlib import Path

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.services import health, library
from stylestudio_desktop.services.backup import full, proving, reading, snapshots, swap
from tests.factories import FakeProvider, import_photo, open_test_studio, photo
from tests.faults.copies_victim import ACTIONS, BUGS
from tests.faults.generating import awaits_a_sweep, books_hold
from tests.faults.points import Way

OLD = sorted((Path(__file__).parents[1] / "fixtures" / "schema").glob("*.sqlite3"))
"""A library of each released version, oldest first."""
COLOURS = ("red", "blue")


def prepare(folder: Path) -> None:
    """Make a library, a full backup of it, something newer in it, and photos to import."""
    studio = open_test_studio(folder)
    import_photo(studio, folder, "teal")
    full.make(studio, folder / "outside" / "before")
    import_photo(studio, folder, "orange")
    close_studio(studio)
    (folder / "outside" / "photos").mkdir()
    for colour in COLOURS:
        photo(folder / "outside" / "photos", f"{colour}.jpg", colour)


def look(action: str, world: Path, _memory: object, finished: bool) -> list[str]:
    """Return everything that is wrong: after a kill, or once the work was `finished`."""
    place = Workspace(world / "workspace")
    studio = open_studio(place, {"local": FakeProvider()})
    try:
        found = [
            f"verify: {one.sentence}"
            for one in health.verify(studio, deep=True).problems
            if finished or not awaits_a_sweep(one)
        ]
        shown = list(library.ids(studio, FileFilter()))
        pictures = len(shown)
        every = [
            row[0]
            for row in studio.database.rows("SELECT id FROM files WHERE user_id > 0 ORDER BY id")
        ]
        if action == "trash" and shown not in ([], every[1:]) and sorted(shown) != sorted(every):
            found.append("one picture alone went to the trash")
    finally:
        close_studio(studio)
    for one in snapshots.listing(place):
        found += [f"snapshot: {fault}" for fault in proving.snapshot_faults(one.path)]
    for name in ("before", "place"):
        for version in reading.versions(world / "outside" / name):
            copy = reading.Backup(version, version.parent)
            found += [f"backup {name}: {fault}" for fault in proving.backup_faults(copy)]
    expected = {
        "restore": (1, 2),
        "import": (4, *range(2, 5)),
        "purge": (0, 1, 2),
        "trash": (1, 0, 2),
    }
    for name in ("whole.zip", "other.zip"):
        if (world / "outside" / name).exists():
            with contextlib.closing(reading.find(world / "outside" / name)) as copy:
                found += [f"{name}: {fault}" for fault in proving.backup_faults(copy)]
    after, *before = expected.get(action, (2, 2))
    if pictures != after and (finished or pictures not in before):
        found.append(f"{pictures} pictures in the library")
    if finished:
        found += _leftovers(action, world)
    return found


def _leftovers(action: str, world: Path) -> list[str]:
    place = Workspace(world / "workspace")
    found = [f"left behind: {one.name}" for one in place.root.rglob("*.part")]
    found += [f"left behind: {one.name}" for one in place.tmp.rglob("*") if one.is_file()]
    found += [f"left behind: {one.name}" for one in place.restoring.rglob("*") if one.is_file()]
    if action == "snapshot" and not snapshots.listing(place):
        found.append("no snapshot was taken")
    if action == "backup" and not reading.versions(world / "outside" / "place"):
        found.append("no backup was made")
    if action == "pack":
        there = [one.name for one in (world / "outside").iterdir() if one.is_file()]
        found += [f"left behind: {one}" for one in there if one.startswith(".")]
        found += [f"left behind: {one}" for one in place.backups.glob("unfinished")]
        if not {"whole.zip", "other.zip"} & {*there}:
            found.append("no backup was made")
    if action == "restore":
        found += _kept(place)
    return found


def _kept(place: Workspace) -> list[str]:
    """Return what is wrong with the libraries that were replaced; one of them has it all."""
    most = 0
    found = []
    for folder in swap.kept(place):
        studio = open_studio(Workspace(folder), {"local": FakeProvider()})
        found += [one.sentence for one in health.verify(studio, deep=True).problems]
        most = max(most, len(library.ids(studio, FileFilter())))
        close_studio(studio)
    return found if most == 2 else [*found, f"the library that was replaced has {most} pictures"]


def prepare_ruined(folder: Path) -> None:
    """Make a library of which the pictures are left: rubbish in its database, no backup."""
    studio = open_test_studio(folder)
    for colour in COLOURS:
        import_photo(studio, folder, colour)
    close_studio(studio)
    place = studio.workspace
    shutil.rmtree(place.journal)
    with place.database.open("r+b") as file:
        file.seek(1024)
        file.write(b"rubbish" * (place.database.stat().st_size // 8))
    (folder / "outside").mkdir()
    shutil.copy(place.database, folder / "outside" / "ruined")


def look_anew(world: Path, _memory: object, finished: bool) -> list[str]:
    """Return what is wrong: the old library is whole in its place or among those that are kept."""
    place = Workspace(world / "workspace")
    ruined = (world / "outside" / "ruined").read_bytes()
    try:
        studio = open_studio(place, {"local": FakeProvider()})
    except StorageError as error:
        if finished or place.database.read_bytes() != ruined:
            return [f"neither the old library nor a new one: {error.sentence}"]
        return []
    try:
        found = [
            f"verify: {one.sentence}"
            for one in health.verify(studio, deep=True).problems
            if finished or not awaits_a_sweep(one)
        ]
        if (pictures := len(library.ids(studio, FileFilter()))) != len(COLOURS):
            found.append(f"{pictures} pictures in the library")
    finally:
        close_studio(studio)
    if [(one / "library.sqlite3").read_bytes() for one in swap.kept(place)] != [ruined]:
        found.append("what was there is not kept")
    if finished:
        found += _leftovers("anew", world)
    return found


def prepare_old(old: Path, folder: Path) -> None:
    """Make a library as a released version left it, without its stored pictures."""
    place = Workspace(folder / "workspace")
    place.make()
    shutil.copy(old, place.database)
    (folder / "outside").mkdir()


def look_upgraded(world: Path, _memory: object, _finished: bool) -> list[str]:
    """Return what is wrong with an upgraded library, and with what was kept of the old one."""
    found = [one for one in books_hold(world / "workspace") if "The bytes of picture" not in one]
    place = Workspace(world / "workspace")
    for one in snapshots.listing(place):
        found += [f"snapshot: {fault}" for fault in proving.snapshot_faults(one.path)]
    return found


def act(action: str, world: Path, _address: str) -> None:
    """Do `action` in the world."""
    ACTIONS[action](world / "workspace", world / "outside")


WAYS = [
    Way(action, prepare, partial(act, action), partial(look, action), BUGS.get(action, {}))
    for action in ACTIONS
    if action not in ("migrate", "anew")
]
WAYS.append(Way("anew", prepare_ruined, partial(act, "anew"), look_anew, BUGS["anew"]))
WAYS += [
    Way(
        "migrate" if old == OLD[0] else f"migrate-{old.stem}",
        partial(prepare_old, old), partial(act, "migrate"), look_upgraded,
        BUGS["migrate"] if old != OLD[-1] else {},
    )
    for old in OLD
]  # fmt: skip
