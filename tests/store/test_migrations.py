"""Every released library upgrades to exactly the schema that a new one has, or stays as it is."""

import multiprocessing
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StorageError, StorageFull, StorageNewer
from stylestudio_desktop.domain.keeping import Reason, read_name
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import copying, schema
from stylestudio_desktop.store.database import SQLITE, Database
from stylestudio_desktop.store.diagnoses import BUSY_MS
from tests.factories import FakeProvider, open_test_studio
from tests.store.books import dump, faults

NEWEST = schema.current_version()
FIXTURES = Path(__file__).parents[1] / "fixtures" / "schema"
SECOND = '''"""Adds a nickname."""


def up(_migrator, db):
    db.execute_sql("ALTER TABLE users ADD COLUMN nickname TEXT")
    db.execute_sql("CREATE INDEX users_by_nickname ON users (nickname)")
    {more}
'''


def opened(path: Path) -> Database:
    database = Database(path)
    database.open()
    return database


def shape(database: Database) -> dict[str, Any]:
    """Return columns, keys, checks, indexes and triggers, free of formatting."""
    found: dict[str, Any] = {}
    for kind, name, table, sql in database.rows(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
    ):
        if kind == "table" and "VIRTUAL" not in (sql or ""):
            found[f"{kind} {name}"] = (
                # Columns in the order of names: an added one stands last, which says nothing.
                sorted(row[1:] for row in database.rows(f'PRAGMA table_xinfo("{name}")')),
                sorted(row[2:] for row in database.rows(f'PRAGMA foreign_key_list("{name}")')),
                [row[4:] for row in database.rows("PRAGMA table_list") if row[1] == name],
            )
        else:
            found[f"{kind} {name}"] = (table, " ".join((sql or "").split()))
    return found


def versions() -> list[Path]:
    return sorted(FIXTURES.glob("*.sqlite3"))


def test_every_released_version_has_its_file() -> None:
    numbers = [int(path.stem) for path in versions()]
    assert numbers == list(range(1, schema.current_version() + 1)), (
        "run python -m tests.fixtures.schema.make and add the new file"
    )


@pytest.mark.parametrize("old", versions(), ids=lambda path: path.stem)
def test_an_old_library_becomes_what_a_new_one_is(tmp_path: Path, old: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    copy = Path(shutil.copy(old, folder / "library.sqlite3"))
    upgraded, fresh = opened(copy), opened(tmp_path / "fresh.sqlite3")
    before = {name: rows for name, rows in dump(upgraded).items() if name != "schema_migration"}
    for database in (upgraded, fresh):
        schema.bring_up_to_date(database)
    assert shape(upgraded) == shape(fresh)
    assert upgraded.value("PRAGMA user_version") == fresh.value("PRAGMA user_version")
    assert faults(upgraded) == []
    after = dump(upgraded)
    assert {name: len(rows) for name, rows in before.items()} == {
        name: len(after[name]) for name in before
    }
    upgraded.close()
    fresh.close()


def test_a_released_library_opens_and_shows_its_pictures(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    workspace.make()
    shutil.copy(versions()[0], workspace.database)
    studio = open_studio(workspace, {"local": FakeProvider()})
    user = studio.database.row(
        "SELECT name, token_balance FROM users WHERE id = ?", (studio.user_id,)
    )
    assert user == ("A designer", 25)
    close_studio(studio)


@pytest.fixture
def newer_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same program one migration later; the folder of its migrations."""
    folder = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "9999_nickname.py").write_text(SECOND.format(more=""))
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    return folder


@pytest.fixture
def released(tmp_path: Path) -> Path:
    folder = tmp_path / "released"
    folder.mkdir()
    return Path(shutil.copy(FIXTURES / f"{NEWEST:04d}.sqlite3", folder / "library.sqlite3"))


def test_before_an_upgrade_a_proven_backup_is_made(released: Path, newer_program: Path) -> None:
    database = opened(released)
    before = dump(database)
    said: list[str] = []
    schema.bring_up_to_date(database, said.append)
    assert said == [f"Backing up the library before bringing it from schema {NEWEST} to 9999"]
    assert database.value("PRAGMA user_version") == 9999
    assert database.value("SELECT count(nickname) FROM users") == 0
    (copy,) = (released.parent / "backups").iterdir()
    name = read_name(copy.name)
    assert name is not None
    assert (name.schema, name.reason) == (NEWEST, Reason.MIGRATION)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert copy.parent.stat().st_mode & 0o777 == 0o700
    saved = opened(copy)
    assert saved.value("PRAGMA user_version") == NEWEST
    assert dump(saved) == before
    saved.close()
    database.close()


@pytest.mark.parametrize(
    "more",
    ["raise RuntimeError('killed between two steps')", "db.execute_sql('DROP TABLE nothing')"],
)
def test_an_upgrade_that_ends_half_way_leaves_the_old_version(
    released: Path, newer_program: Path, more: str
) -> None:
    (newer_program / "9999_nickname.py").write_text(SECOND.format(more=more))
    database = opened(released)
    before, before_shape = dump(database), shape(database)
    with pytest.raises((RuntimeError, StorageError)):
        schema.bring_up_to_date(database)
    assert database.value("PRAGMA user_version") == NEWEST
    assert dump(database) == before
    assert shape(database) == before_shape
    (newer_program / "9999_nickname.py").write_text(SECOND.format(more=""))
    schema.bring_up_to_date(database)
    assert database.value("PRAGMA user_version") == 9999
    database.close()


def die_in_the_middle(path: str, folder: str) -> None:
    """Upgrade in a process of its own, which is killed between two statements."""
    schema.MIGRATIONS = Path(folder)
    schema.bring_up_to_date(opened(Path(path)))


def test_a_kill_between_two_steps_leaves_the_old_version(
    released: Path, newer_program: Path
) -> None:
    kill = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    (newer_program / "9999_nickname.py").write_text(SECOND.format(more=kill))
    process = multiprocessing.get_context("spawn").Process(
        target=die_in_the_middle, args=(str(released), str(newer_program))
    )
    process.start()
    process.join(60)
    assert process.exitcode == -9
    database = opened(released)
    assert database.value("PRAGMA user_version") == NEWEST
    assert "nickname" not in str(shape(database))
    assert faults(database) == []
    database.close()


def test_without_a_backup_nothing_is_upgraded(
    released: Path, newer_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (released.parent / "backups").write_text("in the way of the folder")
    database = opened(released)
    with pytest.raises(StorageError, match="can't be written"):
        schema.bring_up_to_date(database)
    assert database.value("PRAGMA user_version") == NEWEST

    def full(_copy: Path, whole: bool) -> None:
        raise StorageFull("The disk is full.")

    (released.parent / "backups").unlink()
    monkeypatch.setattr(copying, "prove", full)
    with pytest.raises(StorageFull):
        schema.bring_up_to_date(database)
    assert database.value("PRAGMA user_version") == NEWEST
    assert list((released.parent / "backups").iterdir()) == []
    database.close()


def test_a_backup_that_is_damaged_is_no_backup(studio: Studio, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    assert copying.snapshot(studio.database, target) == copying.prove(target)
    data = bytearray(target.read_bytes())
    for begin in range(4096, len(data), 4096):
        data[begin : begin + 64] = b"\xff" * 64
    target.write_bytes(bytes(data))
    with pytest.raises(StorageError):
        copying.prove(target)


def test_a_newer_library_is_refused_and_left_alone(tmp_path: Path) -> None:
    studio = open_test_studio(tmp_path)
    path = studio.database.path
    studio.database.run("PRAGMA user_version = 99")
    close_studio(studio)
    before = path.read_bytes()
    with pytest.raises(StorageNewer, match="newer version"):
        open_studio(Workspace(tmp_path / "workspace"), {"local": FakeProvider()})
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", [0, 1, 7])
@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_database_of_another_program_is_refused_and_left_alone(
    tmp_path: Path, version: int, mode: str
) -> None:
    path = tmp_path / "library.sqlite3"
    theirs = SQLITE.connect(str(path))
    theirs.execute(f"PRAGMA journal_mode = {mode}")
    theirs.execute("CREATE TABLE songs (title TEXT)")
    theirs.execute(f"PRAGMA user_version = {version}")
    theirs.commit()
    theirs.close()
    before = path.read_bytes()
    database = opened(path)
    with pytest.raises(StorageError, match="not a library of this program"):
        schema.bring_up_to_date(database)
    database.close()
    assert path.read_bytes() == before


def begin_library(folder: str, gate: Any, answers: Any) -> None:
    """Open a workspace in a process of its own, at the same moment as others."""
    gate.wait()
    try:
        studio = open_studio(Workspace(Path(folder)), {"local": FakeProvider()})
        answers.put(studio.user_id)
        close_studio(studio)
    except BaseException as error:
        answers.put(repr(error))


def test_programs_that_start_at_once_on_a_new_library_share_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(3), context.Queue()
    started = [
        context.Process(target=begin_library, args=(str(tmp_path / "new"), gate, answers))
        for _ in range(3)
    ]
    for process in started:
        process.start()
    found = [answers.get(timeout=120) for _ in started]
    for process in started:
        process.join(60)
    assert len(set(found)) == 1, found
    database = opened(tmp_path / "new" / "library.sqlite3")
    assert database.value("SELECT count(*) FROM users") == 1
    assert database.value("SELECT token_balance FROM users") == 10
    assert faults(database) == []
    database.close()


def test_a_program_lets_go_and_tries_again_where_another_stands_in_its_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once in a dozen starts of three programs on a new library one of them gave up."""
    path = tmp_path / "library.sqlite3"
    database = opened(path)
    other = SQLITE.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("CREATE TABLE begun (x)")  # a lock that a change of the journal can't wait for
    slept: list[float] = []

    def let_go(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            other.execute("ROLLBACK")
            other.close()

    monkeypatch.setattr("stylestudio_desktop.store.database.time.sleep", let_go)
    database.use_wal()
    assert len(slept) == 3
    assert database.value("PRAGMA journal_mode") == "wal"
    database.close()


@pytest.mark.skipif(os.name == "nt", reason="that way of locking is only elsewhere")
def test_where_the_disk_knows_no_log_nobody_waits_for_one(tmp_path: Path) -> None:
    """As on network disks without locks, for which SQLite makes files; it changes nothing there."""
    modes: list[str] = []

    def work() -> None:
        database = Database(tmp_path / "library.sqlite3")
        database.engine.init(f"file:{database.path}?vfs=unix-dotfile", uri=True)
        database.use_wal()
        modes.append(database.value("PRAGMA journal_mode"))
        database.close()

    asking = threading.Thread(target=work, daemon=True)
    asking.start()
    asking.join(10)
    assert modes == ["delete"]


def test_a_program_waits_long_for_another_that_upgrades(tmp_path: Path) -> None:
    import pysqlite3

    folder = tmp_path / "library"
    folder.mkdir()
    path = folder / "library.sqlite3"
    other = pysqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("BEGIN IMMEDIATE")
    database = Database(path)
    database.open()
    database.run("PRAGMA busy_timeout = 1")
    ended = threading.Timer(0.5, lambda: other.execute("ROLLBACK"))
    ended.start()
    schema.bring_up_to_date(database)
    assert database.value("PRAGMA user_version") == schema.current_version()
    assert database.value("PRAGMA busy_timeout") == BUSY_MS
    ended.join()
    database.close()
    other.close()
