"""Each rule's proof is itself proven: a fault planted past every guard is found and named."""

import dataclasses
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.presence import Presence
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.services import health, health_files, library, synthetic
from stylestudio_desktop.services.health import Health, verify
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import audit, jobs
from stylestudio_desktop.store.database import SQLITE
from tests.factories import FakeProvider, import_photo, photo

GENERATIONS = 400


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library in which every rule holds, with generations of every status."""
    root = tmp_path_factory.mktemp("template") / "workspace"
    studio = open_studio(Workspace(root), {"local": FakeProvider()})
    synthetic.fill(studio, GENERATIONS, photos=60, seed=5)
    close_studio(studio)
    return root


@pytest.fixture
def studio(template: Path, tmp_path: Path) -> Iterator[Studio]:
    root = tmp_path / "workspace"
    shutil.copytree(template, root)
    opened = open_studio(Workspace(root), {"local": FakeProvider()})
    yield opened
    close_studio(opened)


def plant(studio: Studio, *statements: str) -> None:
    """Change rows as a stray tool would: no triggers, no foreign keys, on a connection apart."""
    raw = SQLITE.connect(studio.database.path)
    try:
        triggers = raw.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid"
        ).fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert raw.execute(statement).rowcount != 0, f"nothing was planted by {statement}"
        for _, sql in triggers:
            raw.execute(sql)
        raw.commit()
    finally:
        raw.close()


def rules(found: Health) -> set[str]:
    return {one.rule for one in found.problems}


COMPLETED = "(SELECT max(id) FROM generations WHERE status = 'completed')"
FAILED = "(SELECT max(id) FROM generations WHERE status = 'failed')"
PENDING = "(SELECT max(id) FROM generations WHERE status = 'pending')"
LOCAL = "(SELECT min(id) FROM users)"
OTHER = "(SELECT max(id) FROM users)"
OTHERS_PRODUCT = (
    f"(SELECT id FROM files WHERE user_id = {OTHER} AND category = 'product_image' LIMIT 1)"
)
NEWEST = "WHERE id = (SELECT max(id) FROM files)"
SETTLED = f"(SELECT id FROM token_entries WHERE generation_id = {COMPLETED} AND kind = 'settle')"

FAULTS = [
    ("ledger sums", "UPDATE users SET token_balance = token_balance + 1"),
    ("ledger sums", "UPDATE users SET total_tokens_purchased = total_tokens_purchased + 1"),
    ("ledger sums", "UPDATE users SET total_tokens_used = total_tokens_used + 1"),
    ("ledger sums", "UPDATE users SET free_tokens_granted = free_tokens_granted + 1"),
    (
        "ledger chain",
        f"UPDATE token_entries SET balance_after = balance_after + 1 WHERE id = {SETTLED}",
    ),
    ("ledger chain", "DELETE FROM token_entries WHERE kind = 'grant'"),
    ("hold closed once", f"DELETE FROM token_entries WHERE id = {SETTLED}"),
    (
        "hold closed once",
        "INSERT INTO token_entries (user_id, kind, delta, balance_after, generation_id,"
        " idempotency_key, created_at) SELECT user_id, 'release', 0, balance_after, generation_id,"
        " 'close/' || generation_id || '/99', created_at FROM token_entries"
        " WHERE kind = 'settle' ORDER BY id DESC LIMIT 1",
    ),
    ("charged once", f"UPDATE generations SET tokens_used = 0 WHERE id = {COMPLETED}"),
    ("charged once", f"UPDATE generations SET price = price + 1 WHERE id = {PENDING}"),
    ("charged once", f"UPDATE token_entries SET generation_id = NULL WHERE id = {SETTLED}"),
    ("ledger references", f"UPDATE token_entries SET generation_id = NULL WHERE id = {SETTLED}"),
    ("ledger references", "UPDATE token_entries SET purchase_id = 1 WHERE kind = 'grant'"),
    ("purchases", "UPDATE token_purchases SET status = 'pending' WHERE status = 'completed'"),
    ("purchases", "UPDATE token_purchases SET tokens_received = tokens_received + 1"),
    ("purchases", "UPDATE token_purchases SET status = 'refunded' WHERE status = 'completed'"),
    ("queue", "DELETE FROM jobs"),
    ("queue", "UPDATE jobs SET attempt = attempt + 1"),
    (
        "queue",
        "INSERT INTO jobs (generation_id, intent_id, attempt, provider, seed, rank)"
        f" SELECT id, 'x', 0, provider, 0, 0 FROM generations WHERE id = {COMPLETED}",
    ),
    ("states", f"DELETE FROM generation_states WHERE generation_id = {COMPLETED}"),
    (
        "states",
        "DELETE FROM generation_states WHERE status = 'processing'"
        f" AND generation_id = {COMPLETED}",
    ),
    (
        "states",
        "UPDATE generation_states SET attempt = 1 WHERE status = 'uploading'"
        f" AND generation_id = {COMPLETED}",
    ),
    (
        "states",
        "UPDATE generation_states SET status = 'nonsense' WHERE status = 'uploading'"
        f" AND generation_id = {COMPLETED}",
    ),
    ("states", f"UPDATE generations SET status = 'cancelled' WHERE id = {FAILED}"),
    ("states", f"UPDATE generations SET completed_at = NULL WHERE id = {COMPLETED}"),
    ("states", f"UPDATE generations SET error_code = NULL WHERE id = {FAILED}"),
    ("states", f"UPDATE generations SET trashed_at = 1 WHERE id = {PENDING}"),
    (
        "links",
        f"UPDATE generation_files SET file_id = {OTHERS_PRODUCT} WHERE role = 'product'"
        f" AND generation_id = (SELECT max(id) FROM generations WHERE user_id = {LOCAL})",
    ),
    (
        "links",
        "UPDATE generation_files SET file_id = (SELECT file_id FROM generation_files"
        " WHERE role = 'result' LIMIT 1) WHERE role = 'product'",
    ),
    ("links", "DELETE FROM files WHERE category = 'model_image'"),
    ("links", "UPDATE generation_files SET position = 1 WHERE role = 'product'"),
    ("links", "DELETE FROM generation_files WHERE role = 'product'"),
    ("links", f"DELETE FROM generation_files WHERE generation_id = {FAILED}"),
    ("links", "UPDATE generation_files SET is_primary = 0"),
    (
        "links",
        f"DELETE FROM generation_files WHERE role = 'result' AND generation_id = {COMPLETED}",
    ),
    ("links", "UPDATE files SET category = 'profile_image' WHERE category = 'generated_image'"),
    ("links", f"UPDATE files SET generation_id = {FAILED} WHERE generation_id = {COMPLETED}"),
    ("links", f"UPDATE users SET profile_image_id = {OTHERS_PRODUCT}"),
    ("kept counts", "UPDATE generation_counts SET number = number + 1"),
    ("kept counts", "UPDATE generation_counts SET tokens = tokens + 1"),
    ("kept counts", "DELETE FROM generation_counts"),
    ("kept counts", "UPDATE file_counts SET number = number + 1"),
    ("kept counts", "UPDATE file_counts SET bytes = bytes + 1"),
    ("kept counts", "DELETE FROM file_counts"),
    (
        "kept counts",
        "UPDATE usage_days SET tokens = tokens + 1 WHERE day = (SELECT max(day) FROM usage_days)",
    ),
    ("kept counts", "DELETE FROM usage_days WHERE day = (SELECT min(day) FROM usage_days)"),
    ("kept counts", "UPDATE file_facets SET number = number + 1 WHERE facet = 'category'"),
    ("kept counts", "DELETE FROM file_facets WHERE facet = 'rating'"),
    (
        "kept counts",
        "INSERT INTO usage_days SELECT user_id, 1, action, provider, style, 1, 1, 1, 1"
        " FROM usage_days LIMIT 1",
    ),
    ("search", f"DELETE FROM generation_search WHERE rowid = {COMPLETED}"),
    ("search", "INSERT INTO generation_search (rowid, owner, prompt) VALUES (77, 'u1', 'ghost')"),
    ("search", "DELETE FROM file_search WHERE rowid = (SELECT max(id) FROM files)"),
    ("search", "INSERT INTO file_search (rowid, owner, name, prompt) VALUES (77, 'u', 'g', '')"),
    ("log", "UPDATE usage SET generation_id = 5 WHERE action = 'generation_completed'"),
    ("log", f"UPDATE usage SET user_id = {OTHER} WHERE action = 'tokens_purchased'"),
    ("log", f"UPDATE usage SET file_id = {OTHERS_PRODUCT} WHERE user_id = {LOCAL}"),
    (
        "log",
        "UPDATE usage_days SET number = number + 1 WHERE action = 'generation_completed'",
    ),
    ("stored bytes", "UPDATE files SET size = size + 1 WHERE id = (SELECT max(id) FROM files)"),
    ("stored bytes", f"UPDATE files SET storage_id = '{'../' * 21}x' {NEWEST}"),
    ("stored bytes", f"UPDATE files SET storage_id = '{'0' * 64}' {NEWEST}"),
    ("schema", "CREATE INDEX stray ON users (name)"),
    ("schema", "DROP INDEX files_by_category"),
]  # fmt: skip


def test_a_sound_library_has_no_problems(studio: Studio) -> None:
    found = verify(studio, deep=True)

    assert found.problems == ()
    assert found.ok
    assert found.checked["generations"] == GENERATIONS
    assert found.checked["users"] == 4
    assert found.checked["queued"] > 0
    assert found.checked["stored_files"] > 10
    statuses = {one[0] for one in studio.database.rows("SELECT DISTINCT status FROM generations")}
    assert statuses == {"pending", "completed", "failed", "cancelled"}


@pytest.mark.parametrize(("rule", "statement"), FAULTS)
def test_a_planted_fault_is_found(studio: Studio, rule: str, statement: str) -> None:
    plant(studio, statement)

    found = verify(studio)

    assert rule in rules(found)
    assert all(one.sentence.endswith(".") and one.subject for one in found.problems)


PRIVATE = [one for one in FAULTS if one[0] in ("ledger sums", "ledger chain", "states", "log")]


@pytest.mark.parametrize(("rule", "statement"), PRIVATE)
def test_another_persons_fault_is_found_without_their_numbers(
    studio: Studio, rule: str, statement: str
) -> None:
    plant(studio, statement)
    mine = {one.subject: one.sentence for one in verify(studio).problems if one.rule == rule}
    theirs = verify(dataclasses.replace(studio, user_id=42))

    found = [one for one in theirs.problems if one.rule == rule]
    assert found
    assert {one.subject for one in found} == mine.keys()
    for one in found:
        assert one.sentence.startswith(f"A record of another person ({one.subject}) breaks")
        assert rule in one.sentence


def test_a_dropped_trigger_is_found(studio: Studio) -> None:
    raw = SQLITE.connect(studio.database.path)
    raw.execute("DROP TRIGGER token_entries_stay")
    raw.commit()
    raw.close()

    assert [(one.rule, one.subject) for one in verify(studio).problems] == [
        ("schema", "token_entries_stay")
    ]


def test_an_entry_of_nobody_is_found(studio: Studio) -> None:
    plant(
        studio,
        "INSERT INTO token_entries (user_id, kind, delta, balance_after, idempotency_key,"
        " created_at) VALUES (42, 'grant', 5, 5, 'forged', 1)",
    )

    found = verify(studio, deep=True)

    assert "ledger sums" in rules(found)
    assert "database" in rules(found), "the deep check follows every reference"


def test_damage_inside_the_database_is_found(studio: Studio) -> None:
    studio.database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    page = studio.database.value(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'usage_by_action'"
    )
    size = studio.database.value("PRAGMA page_size")
    studio.database.close()
    with studio.database.path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(64))

    assert "database" in rules(verify(studio))


def one_stored(studio: Studio) -> Path:
    storage_id = studio.database.value("SELECT max(storage_id) FROM files")
    return studio.files.path(storage_id)


def test_missing_short_and_changed_bytes_are_found(studio: Studio) -> None:
    path = one_stored(studio)
    whole = path.read_bytes()
    path.chmod(0o600)

    path.write_bytes(whole[:-1])
    assert rules(verify(studio)) == {"stored bytes"}
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert verify(studio).ok
    assert rules(verify(studio, deep=True)) == {"stored bytes"}
    path.unlink()
    assert rules(verify(studio)) == {"stored bytes"}


def aged(path: Path, seconds: float = 3600) -> None:
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def orphan(studio: Studio, tmp_path: Path, colour: str) -> Path:
    stored = studio.files.ingest(photo(tmp_path, f"{colour}.jpg", colour), 1 << 20)
    return studio.files.path(stored.storage_id)


def test_bytes_without_a_row_are_found_once_they_are_no_longer_arriving(
    studio: Studio, tmp_path: Path
) -> None:
    path = orphan(studio, tmp_path, "gold")

    young = verify(studio)
    assert young.ok
    assert young.checked["arriving_files"] == 1
    assert rules(verify(studio, grace_s=0)) == {"stored bytes"}
    aged(path)
    assert [one.subject for one in verify(studio).problems] == [path.name]


def test_unfinished_files_are_found(studio: Studio) -> None:
    part = studio.workspace.tmp / "ingest-1-abc.tmp"
    part.write_bytes(b"half")
    folder = studio.workspace.tmp / "jobs" / "no-such-intent"
    folder.mkdir(parents=True)
    assert verify(studio).ok
    aged(part)
    aged(folder)

    found = verify(studio)

    assert {one.subject for one in found.problems} == {part.name, folder.name}


def test_while_another_host_lives_its_newest_files_are_left_alone(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = orphan(studio, tmp_path, "gold")
    monkeypatch.setattr(health_files, "LOADED_AT", time.time() + 1)
    locks = studio.workspace.locks
    with Presence(locks):
        with Presence(locks):
            health.sweep_after_crash(studio)
            assert path.exists()
        health.sweep_after_crash(studio)
        assert not path.exists()


def test_a_file_being_written_is_no_problem(studio: Studio, tmp_path: Path) -> None:
    with studio.files.batch() as batch:
        incoming = batch.add(photo(tmp_path, "live.jpg", "silver"), 1 << 20)
        aged(incoming.path)

        assert verify(studio).ok
        health.sweep_after_crash(studio)
        assert incoming.path.exists()
        batch.reject(incoming)


def test_progress_is_told(studio: Studio) -> None:
    told: list[tuple[float, float, str]] = []
    verify(studio, progress=lambda *step: told.append(step))

    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]
    assert [step[0] for step in told] == sorted(step[0] for step in told)


def test_a_crash_is_swept_up_and_nothing_else(studio: Studio, tmp_path: Path) -> None:
    old, young = orphan(studio, tmp_path, "gold"), orphan(studio, tmp_path, "plum")
    part = studio.workspace.tmp / "ingest-1-abc.tmp"
    part.write_bytes(b"half")
    forgotten = studio.workspace.tmp / "jobs" / "no-such-intent"
    forgotten.mkdir(parents=True)
    (forgotten / "result-0.part").write_bytes(b"half")
    intent = studio.database.value("SELECT intent_id FROM jobs")
    kept = studio.workspace.tmp / "jobs" / str(intent)
    kept.mkdir()
    for path in (old, part, forgotten, kept):
        aged(path)

    health.sweep_after_crash(studio)

    assert not old.exists()
    assert young.exists(), "its row may be about to be written"
    assert not part.exists()
    assert not forgotten.exists()
    assert kept.exists()
    assert verify(studio, deep=True).ok


def test_bytes_are_left_alone_while_another_host_works(studio: Studio, tmp_path: Path) -> None:
    path = orphan(studio, tmp_path, "gold")
    aged(path)
    waiting = studio.database.value("SELECT generation_id FROM jobs")
    with studio.database.write():
        jobs.claim(studio.database, waiting, "another")

    health.sweep_after_crash(studio)

    assert path.exists()


def test_the_sweep_removes_only_what_was_there_before_this_process(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = orphan(studio, tmp_path, "gold")
    monkeypatch.setattr(health_files, "LOADED_AT", time.time() + 3600)

    health.sweep_after_crash(studio)

    assert not path.exists()


def test_a_purged_picture_is_no_problem(studio: Studio) -> None:
    chosen = studio.database.value(
        f"SELECT file_id FROM generation_files WHERE generation_id = {COMPLETED} AND is_primary = 1"
    )
    owner = studio.database.value("SELECT user_id FROM files WHERE id = ?", (chosen,))
    if owner != studio.user_id:
        pytest.skip("the newest completed generation is a colleague's")
    library.trash(studio, [chosen])
    assert library.purge(studio, int(time.time() * 1000) + 1) >= 1

    assert verify(studio, deep=True).ok


def test_a_library_in_use_verifies(studio: Studio, tmp_path: Path) -> None:
    import_photo(studio, tmp_path, "orchid")

    assert verify(studio, deep=True).ok


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_db: object) -> None:
        raise StorageError("The library's database is damaged.")

    monkeypatch.setattr(audit, "histories", unreadable)
    plant(studio, "DELETE FROM jobs")

    assert {"database", "queue"} <= rules(verify(studio))


def test_a_file_that_comes_or_goes_meanwhile_is_no_problem(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = one_stored(studio).name
    aged(studio.files.path(stored))
    listed = [*studio.files.every(), "f" * 64]
    # As if the listing had been made before the first was given its row and the last removed.
    monkeypatch.setattr(studio.files, "every", lambda: iter(listed))
    monkeypatch.setattr(
        audit, "stored_bytes", lambda _db, _real=audit.stored_bytes: (
            row for row in _real(_db) if row.storage_id != stored
        ),
    )  # fmt: skip

    assert verify(studio).problems == ()
    health.sweep_after_crash(studio)
    assert studio.files.path(stored).exists()


def test_rows_that_disagree_on_a_size_are_found(studio: Studio) -> None:
    plant(
        studio,
        "UPDATE files SET size = size + 1 WHERE id = (SELECT max(id) FROM files"
        " GROUP BY storage_id HAVING count(*) > 1 LIMIT 1)",
    )

    told = [one.sentence for one in verify(studio).problems if one.rule == "stored bytes"]
    assert any("disagree" in sentence for sentence in told)


def test_the_sweep_keeps_young_folders_and_what_it_does_not_know(studio: Studio) -> None:
    jobs_folder = studio.workspace.tmp / "jobs"
    young, old = jobs_folder / "young", jobs_folder / "old"
    young.mkdir(parents=True)
    (old / "deeper").mkdir(parents=True)
    (old / "link").symlink_to(studio.database.path)
    aged(old)

    health.sweep_after_crash(studio)

    assert young.exists()
    assert (old / "deeper").exists()
    assert (old / "link").is_symlink()
    assert studio.database.path.exists()
