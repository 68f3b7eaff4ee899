"""A fault at any statement of any use case leaves nothing of it, and says nothing of it."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.domain.errors import Code, StorageError, StorageFull, StudioError
from stylestudio_desktop.domain.events import Event
from stylestudio_desktop.domain.generation import Category, Review
from stylestudio_desktop.domain.ids import FileId, now_ms
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.providers.protocol import Output, RemoteRef
from stylestudio_desktop.services import finishing, generate, history, library, queue, steering
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store.database import Database
from tests.factories import brief_for, give, import_photo, photo
from tests.store.books import dump, faults
from tests.store.machines import HOST, results, stored_result, work_until_processing

Act = Callable[[], object]


@dataclasses.dataclass
class Scene:
    """A library with a generation in every state, on which a use case is about to run."""

    studio: Studio
    folder: Path
    product: FileId
    other: FileId
    pending: Generation
    processing: Generation
    failed: Generation
    aside: Generation
    completed: Generation
    saved: finishing.Saved


@pytest.fixture
def scene(studio: Studio, product: FileId, tmp_path: Path) -> Scene:
    studio.database.run("PRAGMA synchronous = OFF")
    give(studio, 90)
    rows = [generate.start(studio, brief_for(product, count=2)) for _ in range(5)]
    pending, processing, failed, aside, completed = rows
    saved = stored_result(studio, tmp_path)
    processing = work_until_processing(studio, processing)
    finishing.fail(studio, failed.id, Code.SERVICE_FAILED, "It went wrong.")
    work_until_processing(studio, aside)
    queue.set_aside(studio, aside.id, Review.OUTCOME_UNKNOWN)
    finishing.complete(studio, work_until_processing(studio, completed), results(saved, 2))
    other = import_photo(studio, tmp_path, "red")
    return Scene(
        studio, tmp_path, product, other, pending, processing, failed, aside, completed, saved
    )


def _import(scene: Scene) -> object:
    paths = [photo(scene.folder, f"{shade}.jpg", shade) for shade in ("blue", "green")]
    found = library.import_files(scene.studio, paths, Category.MODEL)
    if found.trouble is not None:
        raise found.trouble
    return found


def _purge(scene: Scene) -> object:
    library.trash(scene.studio, [scene.other])
    return lambda: library.purge(scene.studio, now_ms() + 1)


USE_CASES: dict[str, Callable[[Scene], Act]] = {
    "start": lambda s: lambda: generate.start(s.studio, brief_for(s.product)),
    "start many": lambda s: (
        lambda: generate.start_many(s.studio, [brief_for(s.product), brief_for(s.other, s.product)])
    ),
    "complete": lambda s: lambda: finishing.complete(s.studio, s.processing, results(s.saved, 2)),
    "fail": lambda s: lambda: finishing.fail(s.studio, s.processing.id, Code.NO_NETWORK, "Away."),
    "stop": lambda s: lambda: finishing.stop(s.studio, s.processing.id),
    "cancel": lambda s: lambda: steering.cancel(s.studio, s.pending.id),
    "ask to cancel": lambda s: lambda: steering.cancel(s.studio, s.processing.id),
    "retry": lambda s: lambda: steering.retry(s.studio, s.failed.id),
    "let go": lambda s: lambda: steering.let_go(s.studio, s.aside.id),
    "send again": lambda s: lambda: steering.send_again(s.studio, s.aside.id),
    "move to top": lambda s: lambda: steering.move_to_top(s.studio, s.aside.id),
    "pause": lambda s: lambda: steering.pause_queue(s.studio),
    "claim": lambda s: lambda: queue.claim(s.studio, HOST, s.pending.id),
    "keep ref": lambda s: lambda: queue.keep_ref(s.studio, s.processing.id, RemoteRef("far")),
    "keep outputs": lambda s: (
        lambda: queue.keep_outputs(s.studio, s.processing.id, [Output(0, "there", {})])
    ),
    "set aside": lambda s: lambda: queue.set_aside(s.studio, s.processing.id, Review.CRASHED_TWICE),
    "recover": lambda s: lambda: queue.recover(s.studio, "new", [HOST]),
    "import": lambda s: lambda: _import(s),
    "trash pictures": lambda s: lambda: library.trash(s.studio, [s.product, s.other]),
    "trash a generation": lambda s: lambda: history.trash(s.studio, [s.completed.id, s.failed.id]),
    "trash both": lambda s: lambda: history.trash_any(s.studio, [s.other, s.completed.id]),
    "rate": lambda s: lambda: library.rate(s.studio, [s.product, s.other], 4),
    "purge": lambda s: _purge(s),  # type: ignore[dict-item, return-value]
}


SILENT = ("claim", "keep ref", "keep outputs")
"""Steps that no window shows: they publish nothing by themselves."""


class Tripwire:
    """Counts the writing statements of a use case and breaks the one it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left: int | None = None
        self.seen = 0
        for name in ("run", "run_many"):
            self._wrap(monkeypatch, name, getattr(Database, name))

    def _wrap(self, monkeypatch: pytest.MonkeyPatch, name: str, real: Any) -> None:
        def counted(database: Database, *given: Any) -> Any:
            self.seen += 1
            if self.left is not None and self.seen > self.left:
                raise StorageFull("The disk is full.")
            return real(database, *given)

        monkeypatch.setattr(Database, name, counted)


@pytest.mark.parametrize("name", USE_CASES)
def test_a_fault_at_any_statement_leaves_nothing(
    scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = USE_CASES[name](scene)
    before = dump(scene.studio.database)
    told: list[Event] = []
    scene.studio.bus.subscribe(told.append)
    wire = Tripwire(monkeypatch)
    survived = 0
    while True:
        wire.seen, wire.left = 0, survived
        try:
            act()
        except StorageFull:
            pass
        else:
            break
        wire.left = None
        assert dump(scene.studio.database) == before
        assert told == []
        assert not scene.studio.database.engine.in_transaction()
        survived += 1
    assert survived == wire.seen > 0
    assert dump(scene.studio.database) != before
    assert (told == []) is (name in SILENT)
    assert faults(scene.studio.database) == []


STEPS = [
    *((name, "generations", "UPDATE") for name in ("complete", "fail", "cancel", "retry")),
    *((name, "token_entries", "INSERT") for name in ("start", "complete", "fail", "retry")),
    *((name, "usage", "INSERT") for name in ("start", "complete", "cancel", "import")),
    *((name, "users", "UPDATE") for name in ("start", "complete", "let go")),
    *((name, "jobs", "DELETE") for name in ("complete", "stop", "let go")),
    *((name, "jobs", "INSERT") for name in ("start", "start many", "retry")),
    ("start", "generation_files", "INSERT"),
    ("complete", "generation_files", "INSERT"),
    ("complete", "files", "INSERT"),
    ("import", "files", "INSERT"),
    ("purge", "files", "DELETE"),
    ("trash both", "generations", "UPDATE"),
    ("trash both", "files", "UPDATE"),
]


@pytest.mark.parametrize("kind", ["ABORT", "ROLLBACK", "FAIL"])
@pytest.mark.parametrize(("name", "table", "verb"), STEPS)
def test_a_refusal_by_the_database_itself_leaves_nothing(
    scene: Scene, name: str, table: str, verb: str, kind: str
) -> None:
    database = scene.studio.database
    act = USE_CASES[name](scene)
    before = dump(database)
    told: list[Event] = []
    scene.studio.bus.subscribe(told.append)
    database.run(
        f"CREATE TEMP TRIGGER boom AFTER {verb} ON main.{table}"
        f" BEGIN SELECT RAISE({kind}, 'pulled out'); END"
    )
    with pytest.raises(StorageError) as caught:
        act()
    assert "pulled out" in caught.value.sentence
    assert "Nothing of this step was kept" in caught.value.sentence
    database.run("DROP TRIGGER boom")
    assert dump(database) == before
    assert told == []
    act()
    assert dump(database) != before
    assert told != []
    assert faults(database) == []


def test_what_follows_a_commit_waits_for_it(studio: Studio) -> None:
    database = studio.database
    seen: list[object] = []

    def look() -> None:
        other = Database(database.path)
        other.open()
        seen.append(other.value("SELECT name FROM users"))
        other.close()

    with database.write():
        database.run("UPDATE users SET name = 'first'")
        database.after_commit(look)
        with database.write():
            database.run("UPDATE users SET name = 'second'")
            database.after_commit(look)
        assert seen == []
    assert seen == ["second", "second"]
    database.after_commit(lambda: seen.append("at once"))
    assert seen[2:] == ["at once"]


def test_nothing_follows_a_rollback_and_nothing_stays_for_the_next_commit(studio: Studio) -> None:
    database = studio.database
    seen: list[str] = []

    def fall() -> None:
        with database.write():
            database.after_commit(lambda: seen.append("rolled back"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fall()
    with database.write():
        database.after_commit(lambda: seen.append("kept"))
    assert seen == ["kept"]


def test_an_inner_fault_takes_the_outer_transaction_with_it(studio: Studio) -> None:
    database = studio.database
    before = dump(database)

    def fall() -> None:
        with database.write():
            database.run("UPDATE users SET name = 'outer'")
            with database.write():
                database.run("UPDATE users SET name = 'inner'")
                raise StorageError("inside")

    with pytest.raises(StudioError):
        fall()
    assert dump(database) == before


def test_an_inner_write_is_durable_only_with_the_outer_one(studio: Studio) -> None:
    database = studio.database
    stray = Database(database.path)
    stray.open()
    with database.write():
        with database.write():
            database.run("UPDATE users SET name = 'inner'")
        assert stray.value("SELECT name FROM users") != "inner"
    assert stray.value("SELECT name FROM users") == "inner"
    stray.close()


def test_another_connection_sees_that_something_was_committed(studio: Studio) -> None:
    watcher = Database(studio.database.path)
    watcher.open()
    before = watcher.data_version()
    assert watcher.data_version() == before
    studio.database.run("UPDATE users SET name = 'else'")
    assert watcher.data_version() != before
    watcher.close()


def test_a_statement_is_prepared_once_however_many_there_are(studio: Studio) -> None:
    database, prepared = studio.database, 0

    def count(*_: object) -> int:
        nonlocal prepared
        prepared += 1
        return 0

    statements = [f"SELECT {number} FROM users WHERE id = ?" for number in range(300)]
    connection = database.engine.connection()
    connection.set_authorizer(count)  # is asked when a statement is prepared, never when it runs
    try:
        for statement in statements:
            database.rows(statement, (1,))
        assert prepared > len(statements)
        prepared = 0
        for statement in statements:
            database.rows(statement, (2,))
        assert prepared == 0
    finally:
        connection.set_authorizer(None)
