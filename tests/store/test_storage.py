"""What storage does wrong reaches people in their own words, and never harms what is there."""

import importlib
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import peewee
import pytest

from stylestudio_desktop import services, store
from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import (
    Code,
    Remedy,
    StorageBusy,
    StorageError,
    StorageFull,
    StorageNewer,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import database as module
from stylestudio_desktop.store.database import (
    SQLITE,
    Database,
    Prepared,
    RuleBroken,
    translated,
)
from stylestudio_desktop.store.rows import inserting
from stylestudio_desktop.store.schema import bring_up_to_date
from stylestudio_desktop.store.tables import PLACE, Users
from tests.factories import FakeProvider, open_test_studio
from tests.store.books import faults

ROOT = os.name == "posix" and os.geteuid() == 0


def library_at(path: Path) -> Database:
    database = Database(path)
    database.open()
    bring_up_to_date(database)
    return database


def add_user(database: Database, number: int, name: str = "name") -> None:
    with database.write():
        database.run("INSERT INTO users (id, name, created_at) VALUES (?, ?, 1)", (number, name))


def test_the_sqlite_in_use_has_no_known_corruption() -> None:
    assert SQLITE.sqlite_version_info >= (3, 51, 3)
    assert peewee.sqlite3 is SQLITE
    assert SQLITE.__name__.startswith("pysqlite3")


def test_an_older_sqlite_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEAST_SQLITE", (99, 0, 0))
    with pytest.raises(StorageError, match=r"needs SQLite 99\.0\.0 or newer"):
        Database(tmp_path / "library.sqlite3").open()
    assert list(tmp_path.iterdir()) == []


PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 10_000,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "temp_store": 2,
}


def test_every_threads_connection_is_set_alike(studio: Studio) -> None:
    found: list[dict[str, Any]] = []

    def look() -> None:
        with studio.database.connection():
            found.append({name: studio.database.value(f"PRAGMA {name}") for name in PRAGMAS})

    look()
    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
        thread.join()
    assert found == [PRAGMAS] * 4


def test_threads_have_connections_of_their_own_and_let_go_of_them(studio: Studio) -> None:
    found: list[Any] = []

    def look() -> None:
        with studio.database.connection():
            found.append(studio.database.engine.connection())
        assert studio.database.engine.is_closed()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert len(found) == 1
    assert found[0] is not studio.database.engine.connection()
    with pytest.raises(SQLITE.ProgrammingError):
        found[0].execute("SELECT 1")


@pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX")
def test_the_database_is_for_its_owner_alone(studio: Studio) -> None:
    studio.database.run("UPDATE users SET name = 'x'")
    path = studio.database.path
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        assert (path.parent / name).stat().st_mode & 0o777 == 0o600, name
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if not ROOT or mount is None:
        pytest.skip("only root can make a small disk")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("this machine lets nobody mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_of_small_blocks_ends_in_a_sentence_not_a_bus_error(tmp_path: Path) -> None:
    """SQLite maps its index into memory, and what is mapped may find no room when it is touched."""
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(8 << 20)
    made = ROOT and all(
        shutil.which(words[0]) and not subprocess.run(words, capture_output=True).returncode
        for words in (
            ["mkfs.ext4", "-q", "-b", "1024", str(image)],
            ["mount", "-o", "loop", str(image), str(folder)],
        )
    )
    if not made:
        pytest.skip("nobody can make a disk here")
    try:
        library_at(folder / "library.sqlite3").close()
        with suppress(OSError), (folder / "filler").open("wb", 0) as filler:
            while True:
                filler.write(b"x" * 1024)
        opening = f"""
import contextlib, pathlib
from stylestudio_desktop.domain.errors import StorageFull
from stylestudio_desktop.store.database import Database
database = Database(pathlib.Path({str(folder / "library.sqlite3")!r}))
try:
    database.open()
    database.rows("SELECT count(*) FROM users")
except StorageFull as error:
    print(error.sentence)
"""
        ended = subprocess.run(
            [sys.executable, "-c", opening], capture_output=True, text=True, check=False
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "is full, so the library can't be opened" in ended.stdout
        (folder / "filler").unlink()
        Database(folder / "library.sqlite3").open()
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_loses_nothing_and_passes(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(100_000))
    database = library_at(small_disk / "library.sqlite3")
    kept = 0

    def fill() -> None:
        nonlocal kept
        for number in range(1, 1000):
            add_user(database, number, "x" * 5000)
            kept = number

    with pytest.raises(StorageFull, match="disk is full") as caught:
        fill()
    assert caught.value.code is Code.STORAGE_FULL
    assert caught.value.remedy is Remedy.FREE_SPACE
    assert not database.engine.in_transaction()
    assert database.value("SELECT count(*) FROM users") == kept > 5
    with pytest.raises(StorageFull):
        add_user(database, 2000, "y" * 200_000)
    ballast.unlink()
    add_user(database, 3000, "after")
    assert database.value("SELECT count(*) FROM users") == kept + 1
    database.close()
    again = library_at(small_disk / "library.sqlite3")
    assert again.value("SELECT count(*) FROM users") == kept + 1
    assert faults(again) == []
    again.close()


def test_a_disk_that_is_full_from_the_start_is_told_as_such(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(1_000_000))
    database = Database(small_disk / "library.sqlite3")
    database.open()
    with pytest.raises(StorageFull):
        bring_up_to_date(database)
    (small_disk / "ballast").unlink()
    bring_up_to_date(database)
    assert faults(database) == []
    database.close()


HOLDER = """
import sys
from stylestudio_desktop.store.database import SQLITE
held = SQLITE.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
held.execute("UPDATE users SET name = 'held'")
print("held", flush=True)
sys.stdin.readline()
held.execute("COMMIT")
held.close()
"""


def test_a_library_that_another_program_holds_is_busy_not_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = tuple(
        (name, 50 if name == "busy_timeout" else value) for name, value in module._PRAGMAS
    )
    monkeypatch.setattr(module, "_PRAGMAS", quick)
    studio = open_test_studio(tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(studio.database.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StorageBusy, match="Another program") as caught:
        add_user(studio.database, 1)
    assert caught.value.remedy is Remedy.RETRY
    assert studio.database.value("SELECT count(*) FROM users") == 1
    holder.communicate("done\n", timeout=30)
    add_user(studio.database, 1)
    assert studio.database.rows("SELECT name FROM users ORDER BY id") == [("name",), ("held",)]
    close_studio(studio)


@pytest.mark.skipif(ROOT or os.name != "posix", reason="root may write everywhere")
def test_a_file_that_may_not_be_written_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    library_at(path).close()
    path.chmod(0o400)
    with pytest.raises(StorageError, match="can't be opened"):
        Database(path).open()


def test_a_write_to_a_read_only_library_is_told_in_words(studio: Studio) -> None:
    studio.database.run("PRAGMA query_only = ON")
    with pytest.raises(StorageError, match="can't be written to") as caught:
        add_user(studio.database, 1)
    assert caught.value.code is Code.STORAGE_BROKEN
    studio.database.run("PRAGMA query_only = OFF")
    add_user(studio.database, 1)


def test_a_library_on_a_read_only_disk_is_not_opened(small_disk: Path) -> None:
    library_at(small_disk / "library.sqlite3").close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StorageError, match="can't be opened"):
        Database(small_disk / "library.sqlite3").open()


def test_a_folder_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="Nothing was changed"):
        Database(tmp_path / "nowhere" / "library.sqlite3").open()
    with pytest.raises(StorageError):
        Database(tmp_path).open()


def open_whole(path: Path) -> None:
    database = Database(path)
    try:
        database.open()
        bring_up_to_date(database)
        for (name,) in database.rows("SELECT name FROM sqlite_schema WHERE type = 'table'"):
            database.rows(f'SELECT count(*) FROM "{name}"')
        database.rows("SELECT * FROM users")
    finally:
        database.close()


@pytest.mark.parametrize("content", [b"no database at all" * 500, os.urandom(20_000), b"x"])
def test_garbage_is_not_opened_and_not_changed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "library.sqlite3"
    path.write_bytes(content)
    with pytest.raises(StorageError, match="damaged or can't be read"):
        open_whole(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_truncated_library_is_told_and_not_changed(tmp_path: Path, keep: float) -> None:
    path = tmp_path / "library.sqlite3"
    database = library_at(path)
    for number in range(1, 40):
        add_user(database, number, "x" * 3000)
    database.close()
    content = path.read_bytes()
    content = content[: int(len(content) * keep)]
    path.write_bytes(content)
    with pytest.raises(StorageError, match="damaged or can't be read"):
        open_whole(path)
    assert path.read_bytes() == content


def test_a_disk_that_fails_is_looked_at_before_anything_is_brought_back() -> None:
    with (
        pytest.raises(StorageError, match="Look first whether its disk is connected"),
        translated,
    ):
        raise SQLITE.OperationalError("disk I/O error")


def test_a_format_of_the_future_is_newer(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    library_at(path).close()
    content = bytearray(path.read_bytes())
    content[18] = content[19] = 9  # the header's read and write versions
    path.write_bytes(bytes(content))
    with pytest.raises(StorageError) as caught:
        open_whole(path)
    assert isinstance(caught.value, StorageNewer) or "can't be" in caught.value.sentence


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("database or disk is full", StorageFull),
        ("database is locked", StorageBusy),
        ("database disk image is malformed", StorageError),
        ("file is not a database", StorageError),
        ("attempt to write a readonly database", StorageError),
        ("unsupported file format", StorageNewer),
        ("something never heard of", StorageError),
    ],
)
@pytest.mark.parametrize("base", [peewee.OperationalError, SQLITE.OperationalError])
def test_what_the_engine_says_becomes_one_typed_error(
    said: str, kind: type[StorageError], base: type[Exception]
) -> None:
    def speak() -> None:
        with module.translated:
            raise base(said)

    with pytest.raises(StorageError) as caught:
        speak()
    assert type(caught.value) is kind
    assert re.search(r"safe|Nothing|nothing", caught.value.sentence)


def test_the_true_cause_is_found_below_a_failed_rollback() -> None:
    def speak() -> None:
        with module.translated:
            try:
                raise SQLITE.OperationalError("database or disk is full")
            except SQLITE.OperationalError:
                raise peewee.OperationalError("cannot rollback - no transaction") from None

    with pytest.raises(StorageFull):
        speak()


@pytest.mark.parametrize("many", [False, True])
def test_a_broken_rule_says_which(studio: Studio, many: bool) -> None:
    sql = "INSERT INTO users (id, name, created_at, token_balance) VALUES (?, 'x', 1, -1)"
    run, values = (studio.database.run_many, [(1,), (2,)]) if many else (studio.database.run, (1,))
    with pytest.raises(RuleBroken) as caught:
        run(sql, values)  # type: ignore[operator]
    assert "token_balance" in caught.value.story
    assert caught.value.code is Code.BOOKS_WRONG


def test_long_answers_come_in_portions(studio: Studio) -> None:
    with studio.database.write():
        studio.database.run_many(
            "INSERT INTO users (id, name, created_at) VALUES (?, 'x', 1)",
            [(number,) for number in range(1, 301)],
        )
    found = list(studio.database.stream("SELECT id FROM users WHERE id < 1000", size=7))
    assert found == [(number,) for number in range(1, 301)]
    assert studio.database.row("SELECT id FROM users WHERE id = 999999") is None
    assert studio.database.value("SELECT id FROM users WHERE id = 999999") is None


def test_prepared_text_holds_no_values_and_columns_in_order() -> None:
    with pytest.raises(ValueError, match="no values"):
        str(Prepared(Users.select(Users.id).where(Users.name == "somebody")))
    asked = Prepared(Users.select(Users.id).where(Users.name == PLACE))
    assert "?" in str(asked)
    assert str(asked) == str(asked)
    with pytest.raises(ValueError, match="columns in the order"):
        inserting(Users, [Users.name, Users.id])


def test_every_prepared_text_can_be_built() -> None:
    modules = [
        importlib.import_module(f"{package.__name__}.{one.name}")
        for package in (store, services)
        for one in pkgutil.iter_modules(package.__path__)
    ]
    texts = [str(one) for m in modules for one in vars(m).values() if isinstance(one, Prepared)]
    assert len(texts) > 60
    assert all(text.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE") for text in texts)


def test_closing_twice_and_opening_again(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    first = open_studio(workspace, {"local": FakeProvider()})
    close_studio(first)
    first.database.close()
    second = open_studio(workspace, {"local": FakeProvider()})
    assert second.user_id == first.user_id
    close_studio(second)
