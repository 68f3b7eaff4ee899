"""The data rules' eight lines on consistency, one test for each, in their own words."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import (
    BadInput,
    Code,
    NotEnoughTokens,
    NotFound,
    StorageError,
)
from stylestudio_desktop.domain.filters import FileFilter, GenerationFilter
from stylestudio_desktop.domain.generation import Category, Review
from stylestudio_desktop.domain.ids import FileId, now_ms
from stylestudio_desktop.services import (
    attempts,
    finishing,
    generate,
    history,
    library,
    queue,
    steering,
    wallet,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files as file_rows
from stylestudio_desktop.store.database import SQLITE, Database
from tests.factories import FakeProvider, brief_for, give, import_photo, open_test_studio
from tests.store.books import dump, faults
from tests.store.machines import (
    HOST,
    results,
    second_person,
    stored_result,
    work_until_processing,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


@pytest.fixture
def product(studio: Studio, tmp_path: Path) -> FileId:
    return import_photo(studio, tmp_path)


KILLED = """
import os, sys, signal
from pathlib import Path
from stylestudio_desktop.app import open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.services import finishing, generate
from stylestudio_desktop.store.database import Database
from tests.factories import FakeProvider, brief_for

studio = open_studio(Workspace(Path(sys.argv[1])), {"local": FakeProvider()})
act, number, left = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
real = Database.run

def dying(database, *given):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return real(database, *given)

Database.run = dying
if act == "start":
    generate.start(studio, brief_for(number))
else:
    finishing.fail(studio, number, Code.SERVICE_FAILED, "It went wrong.")
"""


@pytest.mark.parametrize("act", ["start", "fail"])
def test_1_a_crash_between_two_instructions_leaves_all_or_nothing(
    studio: Studio, product: FileId, act: str
) -> None:
    """Consistency 1: one transaction; all of it or none of it."""
    number = product
    if act == "fail":
        number = generate.start(studio, brief_for(product)).id  # type: ignore[assignment]
    before = dump(studio.database)
    survived = False
    for left in (0, 1, 3, 99):
        command = [sys.executable, "-c", KILLED, str(studio.workspace.root), act, str(number)]
        done = subprocess.run(
            [*command, str(left)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
        survived = done.returncode == 0
        assert survived or done.returncode == -9
        assert (dump(studio.database) == before) is not survived
        assert faults(studio.database) == []
        if survived:
            break
    assert survived


def test_2_the_balance_is_never_negative_and_is_the_sum_of_the_entries(
    studio: Studio, product: FileId
) -> None:
    """Consistency 2: no start goes below nothing, and no tool can write such a balance."""
    for _ in range(3):
        generate.start(studio, brief_for(product, count=3))
    with pytest.raises(NotEnoughTokens) as caught:
        generate.start(studio, brief_for(product, count=2))
    assert (caught.value.needed, caught.value.available) == (2, 1)
    user = wallet.summary(studio).user
    total = studio.database.value("SELECT sum(delta) FROM token_entries")
    assert user.token_balance == total == 1
    stray = SQLITE.connect(str(studio.database.path))
    with pytest.raises(SQLITE.IntegrityError):
        stray.execute("UPDATE users SET token_balance = token_balance - 2")
    stray.close()


def test_3_charged_once_when_saved_and_not_at_all_when_not(
    studio: Studio, product: FileId, tmp_path: Path
) -> None:
    """Consistency 3: the quoted price is frozen, and only saved pictures are charged."""
    give(studio, 20)
    saved = stored_result(studio, tmp_path)
    first = generate.start(studio, brief_for(product, quality="high", count=3))
    assert generate.quote(studio, brief_for(product, quality="high", count=3)).price == first.price
    row = work_until_processing(studio, first)
    finishing.complete(studio, row, results(saved, 2))
    with pytest.raises(BadInput):
        finishing.complete(studio, row, results(saved, 3))
    with pytest.raises(ValueError, match="without a saved picture"):
        finishing.complete(studio, row, [])
    done = attempts.owned(studio, first.id)
    assert (done.price, done.tokens_used) == (9, 6)
    second = work_until_processing(studio, generate.start(studio, brief_for(product)))
    studio.files.remove(saved.storage_id)
    before = dump(studio.database)
    with pytest.raises(StorageError, match="Nothing was charged") as caught:
        finishing.complete(studio, second, results(saved, 1))
    assert caught.value.code is Code.FILE_MISSING
    assert dump(studio.database) == before
    finishing.fail(studio, second.id, Code.SERVICE_FAILED, "It went wrong.")
    finishing.fail(studio, second.id, Code.SERVICE_FAILED, "It went wrong.")
    assert wallet.summary(studio).user.token_balance == 30 - 6
    assert wallet.summary(studio).user.total_tokens_used == 6
    assert faults(studio.database) == []


def test_4_a_job_in_flight_is_found_again_and_set_aside_after_two_crashes(
    studio: Studio, product: FileId
) -> None:
    """Consistency 4: the remote id outlives a crash; after two the person decides."""
    rows = [generate.start(studio, brief_for(product)) for _ in range(3)]
    work_until_processing(studio, rows[1])
    close_studio(studio)
    again = open_studio(Workspace(studio.workspace.root), {"local": FakeProvider()})
    assert attempts.owned(again, rows[1].id).remote_id == f"remote-{rows[1].id}"
    assert queue.recover(again, "second", [HOST]) == 1
    taken = queue.claim_next(again, "second", "local")
    assert taken is not None
    assert taken[0].id == rows[1].id, "paid work comes before new work"
    reference = queue.ref_of(taken[1])
    assert reference is not None
    assert reference.id == f"remote-{rows[1].id}"
    assert queue.recover(again, "third", ["second"]) == 1
    place = queue.place(again, rows[1].id)
    assert place is not None
    assert place.review == Review.CRASHED_TWICE.value
    assert queue.claim(again, "third", rows[1].id) is None
    assert wallet.summary(again).held == 3
    steering.let_go(again, rows[1].id)
    assert wallet.summary(again).held == 2
    assert faults(again.database) == []
    close_studio(again)


def test_5_what_was_enqueued_is_what_the_states_add_up_to(
    studio: Studio, product: FileId, tmp_path: Path
) -> None:
    """Consistency 5: enqueued = pending + uploading + … + cancelled, always."""
    give(studio, 50)
    saved = stored_result(studio, tmp_path)
    started = [generate.start(studio, brief_for(product)) for _ in range(9)]
    steering.cancel(studio, started[0].id)
    finishing.fail(studio, started[1].id, Code.NO_NETWORK, "Away.")
    finishing.fail(studio, started[2].id, Code.NO_NETWORK, "Away.")
    steering.retry(studio, started[2].id)
    work_until_processing(studio, started[3])
    finishing.complete(studio, work_until_processing(studio, started[4]), results(saved, 1))
    history.trash(studio, [started[1].id])
    counted = {one.key: one.number for one in history.totals(studio) if one.number}
    assert counted == {"pending": 5, "cancelled": 1, "failed": 1, "processing": 1, "completed": 1}
    assert sum(counted.values()) == len(started)
    assert faults(studio.database) == []


def test_6_only_ones_own_intact_fitting_files_and_they_cannot_vanish(
    studio: Studio, product: FileId, tmp_path: Path
) -> None:
    """Consistency 6: own user, right category, there and intact; in use they stay."""
    other = second_person(studio)
    theirs = import_photo(other, tmp_path, "red")
    person = import_photo(studio, tmp_path, "blue", Category.MODEL)
    broken = import_photo(studio, tmp_path, "green")
    studio.files.path(library.picture(studio, broken).storage_id).unlink()
    trashed = import_photo(studio, tmp_path, "pink")
    library.trash(studio, [trashed])
    before = dump(studio.database)
    for file_id, kind in (
        (theirs, NotFound),
        (FileId(77), NotFound),
        (trashed, NotFound),
        (person, BadInput),
        (broken, BadInput),
    ):
        with pytest.raises(kind):
            generate.start(studio, brief_for(product, file_id))
    with pytest.raises(BadInput):
        generate.start(studio, brief_for(product, models=(broken,)))
    assert dump(studio.database) == before
    row = generate.start(studio, brief_for(product, models=(person,)))
    library.trash(studio, [product, person])
    assert library.purge(studio, now_ms() + 1) == 1, "only the pink one is in nobody's story"
    story = history.story(studio, row.id)
    assert [one.file_id for one in story.inputs] == [product, person]
    assert all(studio.files.exists(one.storage_id) for one in story.inputs)
    stray = SQLITE.connect(str(studio.database.path))
    stray.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(SQLITE.IntegrityError):
        stray.execute("DELETE FROM files WHERE id = ?", (product,))
    stray.close()


def test_7_the_trash_can_be_undone_and_bytes_go_with_their_last_row(
    studio: Studio, tmp_path: Path
) -> None:
    """Consistency 7: row and bytes stay together; purging removes what nobody refers to."""
    mine = import_photo(studio, tmp_path, "red")
    shared = import_photo(studio, tmp_path, "blue")
    other = second_person(studio)
    theirs = import_photo(other, tmp_path, "blue")
    ids = {one: library.picture(studio, one).storage_id for one in (mine, shared)}
    library.trash(studio, [mine, shared])
    moment = library.picture(studio, mine).trashed_at
    assert moment is not None
    assert library.purge(studio, moment) == 0, "not yet due"
    assert all(studio.files.exists(one) for one in ids.values())
    library.restore(studio, [mine])
    assert library.picture(studio, mine).trashed_at is None
    library.trash(studio, [mine])
    assert library.purge(studio, now_ms() + 1) == 2
    assert not studio.files.exists(ids[mine])
    assert studio.files.exists(ids[shared]), "another person's row still refers to it"
    assert library.picture(other, theirs).storage_id == ids[shared]
    assert faults(studio.database) == []


def test_7_what_is_brought_back_while_the_trash_is_emptied_stays(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Consistency 7: no row is purged that somebody brought back a moment before."""
    mine = import_photo(studio, tmp_path, "red")
    library.trash(studio, [mine])
    real = file_rows.trashed_before

    def slow(*given: Any) -> Any:
        assert studio.database.engine.in_transaction(), "another program could restore now"
        return real(*given)

    monkeypatch.setattr(file_rows, "trashed_before", slow)
    assert library.purge(studio, now_ms() + 1) == 1


def test_8_every_list_has_a_limit_and_a_cursor_and_loses_nothing(
    studio: Studio, product: FileId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Consistency 8: keyset pages, and one query for all related rows of a page."""
    give(studio, 50)
    made = [generate.start(studio, brief_for(product)).id for _ in range(23)]
    pages, after = [], None
    while True:
        page = history.listing(studio, GenerationFilter(), after, limit=5)
        pages.append([card.id for card in page.items])
        if page.next is None:
            break
        after = page.next
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert [one for page in pages for one in page] == made[::-1]
    asked: list[str] = []
    real = Database.rows

    def counting(database: Database, sql: str, values: Any = ()) -> Any:
        asked.append(str(sql))
        return real(database, sql, values)

    monkeypatch.setattr(Database, "rows", counting)
    history.rows(studio, GenerationFilter(), limit=2)
    few = len(asked)
    asked.clear()
    history.rows(studio, GenerationFilter(), limit=20)
    assert len(asked) == few, "the number of queries grew with the page"
    assert not any("OFFSET" in sql.upper() for sql in asked)
    assert "full_prompt" not in asked[0]
    for limit in (0, -1, 1001):
        with pytest.raises(BadInput):
            library.listing(studio, FileFilter(), limit=limit)
