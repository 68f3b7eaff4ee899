"""Several workspaces, kept apart by name; only what may move moves between them."""

import dataclasses
import json
from pathlib import Path

import pytest

from stylestudio_desktop.__main__ import main
from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config import workspaces
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, Code, PaymentError, StorageError
from stylestudio_desktop.domain.purchase import Mode
from stylestudio_desktop.services import (
    bulk,
    environments,
    finishing,
    generate,
    health,
    library,
    organising,
    till,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.vault.secrets import Secrets
from tests.cli.conftest import Shell
from tests.factories import FakeProvider, brief_for, import_photo, photo
from tests.store.books import faults
from tests.store.machines import results, stored_result, work_until_processing


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "home"
    monkeypatch.setattr(workspaces, "home", lambda: place)
    monkeypatch.delenv("STYLESTUDIO_WORKSPACE", raising=False)
    return place


@pytest.fixture
def studio(home: Path, tmp_path: Path):
    """The production workspace with a bit of everything."""
    opened = open_studio(Workspace(home / "workspace"), {"local": FakeProvider()})
    product = import_photo(opened, tmp_path, "gold")
    import_photo(opened, tmp_path, "red")
    row = work_until_processing(
        opened, generate.start(opened, brief_for(product, prompt="sea", count=2))
    )
    saved = stored_result(opened, tmp_path, "navy")
    result, _ = finishing.complete(opened, row, results(saved, 2))
    generate.start(opened, brief_for(product, prompt="still waiting"))
    kept = organising.new_collection(opened, "Spring")
    bulk.collect(opened, bulk.Selection(ids=[result, product]), kept.id)
    bulk.note(opened, bulk.Selection(ids=[product]), "a secret of the house")
    organising.keep_search(opened, "good ones", "rating:>3")
    (opened.workspace.root / "services.json").write_text('{"services": []}')
    yield opened
    close_studio(opened)


def opened(workspace: Workspace) -> Studio:
    return open_studio(workspace, {"local": FakeProvider()})


def test_only_what_may_move_moves_and_twice_is_once(studio: Studio) -> None:
    target = opened(workspaces.create("trial", "staging"))
    found = environments.compare(target, studio.workspace)
    assert (found.pictures, found.collections, found.searches, found.files) == (
        4,
        ("Spring",),
        ("good ones",),
        ("services.json",),
    )
    assert found.scrubbed
    assert not found.nothing
    balance = target.database.value("SELECT token_balance FROM users")
    _, done = environments.sync(target, studio.workspace)
    assert (len(done.new), done.missing, len(done.generations)) == (4, [], 1)
    assert environments.compare(target, studio.workspace).nothing
    assert environments.sync(target, studio.workspace)[1].new == []

    (row,) = target.database.rows("SELECT status, price, user_id FROM generations")
    assert row == ("completed", 0, target.user_id)
    assert target.database.value("SELECT token_balance FROM users") == balance
    assert target.database.value("SELECT count(*) FROM users") == 1
    assert target.database.value("SELECT count(*) FROM jobs") == 0
    (spring,) = organising.list_collections(target)
    assert (spring.name, spring.number) == ("Spring", 2)
    assert target.database.value("SELECT count(*) FROM files WHERE note IS NOT NULL") == 0
    assert [one.sentence for one in health.verify(target, deep=True).problems] == []
    assert faults(target.database) == []
    assert not [one for one in target.workspace.restoring.rglob("*") if one.is_file()]
    close_studio(target)


def test_between_production_workspaces_notes_go_along(studio: Studio) -> None:
    target = opened(workspaces.create("second-shop", "production"))
    _, done = environments.sync(target, studio.workspace)
    assert target.database.value("SELECT note FROM files WHERE note IS NOT NULL") == (
        "a secret of the house"
    )
    # What is here in the trash counts as not here, and comes out of it.
    library.trash(target, [done.new[0]])
    assert environments.compare(target, studio.workspace).pictures == 1
    close_studio(target)


def test_what_is_no_workspace_or_of_another_schema_is_refused(
    studio: Studio, tmp_path: Path
) -> None:
    target = opened(workspaces.create("trial", "staging"))
    for wrong in (tmp_path / "nothing", target.workspace.root):
        with pytest.raises(BadInput, match="no other workspace"):
            environments.compare(target, Workspace(wrong))
    studio.database.run("PRAGMA user_version = 3")
    with pytest.raises(BadInput, match="has schema 3"):
        environments.compare(target, studio.workspace)
    close_studio(target)


def test_a_workspace_in_which_nobody_worked_is_refused(studio: Studio, tmp_path: Path) -> None:
    empty = Workspace(tmp_path / "empty")
    close_studio(opened(empty))
    raw = opened(empty)
    raw.database.run("PRAGMA foreign_keys = 0")
    for table in ("token_entries_last", "token_entries_stay"):
        raw.database.run(f"DROP TRIGGER {table}")
    raw.database.run("DELETE FROM token_entries")
    raw.database.run("DELETE FROM users")
    close_studio(raw)
    with pytest.raises(BadInput, match="Nobody"):
        environments.compare(studio, empty)
    nobody = dataclasses.replace(studio, database=Database(empty.database))
    nobody.database.open()
    with pytest.raises(BadInput, match="Nobody"):
        environments.copying_all(nobody, "staging")
    nobody.database.close()


def test_a_live_key_is_refused_where_trials_are_made(studio: Studio) -> None:
    trial = opened(workspaces.create("trial", "staging"))
    with pytest.raises(PaymentError, match="a live key is refused") as caught:
        till.keep_key(trial, "rk_live_" + "a" * 40)
    assert caught.value.code is Code.PAYMENT_KEY
    till.keep_key(trial, "rk_test_" + "a" * 40)
    assert till.standing(trial).mode is Mode.TEST
    till.keep_key(studio, "rk_live_" + "a" * 40)
    close_studio(trial)


def test_keys_lie_under_names_of_their_own(home: Path) -> None:
    one, two = (workspaces.create(name, "staging") for name in ("one", "two"))
    keys = {workspaces.character(place).keys for place in (one, two, Workspace(home))}
    assert len(keys) == 3
    made = open_studio(one)
    assert isinstance(made.secrets, Secrets)
    assert made.secrets._service == workspaces.character(one).keys
    close_studio(made)


def test_a_damaged_character_opens_nothing(home: Path) -> None:
    place = workspaces.create("trial", "staging")
    for text in ("{", "[]", json.dumps({"name": "a", "kind": "real", "keys": "StyleStudio"})):
        (place.root / "workspace.json").write_text(text)
        with pytest.raises(StorageError, match="stay apart"):
            open_studio(place)


@pytest.mark.parametrize("name", ["main", "", "../up", "Big", "a" * 41, "a/b", "-x"])
def test_names_that_lead_elsewhere_are_refused(home: Path, name: str) -> None:
    with pytest.raises(BadInput):
        workspaces.create(name, "staging")
    assert not home.exists()


def test_the_whole_way_by_commands(shell: Shell, studio: Studio, home: Path) -> None:
    shell.workspace = studio.workspace.root
    made = shell.json("workspace", "create", "trial")
    assert (made["name"], made["kind"]) == ("trial", "staging")
    assert shell.run("workspace", "create", "trial") == 2
    assert shell.run("workspace", "create") == 2
    assert shell.run("workspace", "list", "trial") == 2
    listed = shell.json("workspace", "list")["workspaces"]
    assert [(one["name"], one["current"]) for one in listed] == [("main", True), ("trial", False)]
    shell.workspace = Path("trial")
    assert shell.json("workspace", "compare", "main")["pictures"] == 4
    assert shell.run("workspace", "sync", "main") == 0
    assert "Do it with --yes" in shell.out
    assert "scrubbed" in shell.out
    assert shell.json("list", "files")["items"] == []
    assert shell.run("workspace", "sync", "main", "--yes") == 0
    assert len(shell.json("list", "files")["items"]) == 4
    assert shell.run("workspace", "switch", "nowhere") == 2
    assert shell.run("workspace", "switch", "trial") == 0
    assert shell.json("workspace", "switch", "trial")["path"].endswith("trial")
    assert workspaces.choose(None).root == home / "workspaces" / "trial"
    assert shell.run("workspace") == 0
    assert "→" in shell.out
    shell.workspace = studio.workspace.root
    shown = shell.json("workspace", "copy", "again", "--dry-run")
    assert (shown["pictures"], shown["collections"], shown["scrubbed"]) == (4, ["Spring"], True)
    assert "again" not in [one.name for one in workspaces.listing()]
    assert shell.run("workspace", "copy", "again", "--kind", "production") == 0
    assert shell.json("workspace", "copy", "third")["missing"] == []
    assert shell.run("workspace", "switch", "main") == 0
    assert workspaces.choose(None).root == home / "workspace"


def test_the_current_one_that_is_gone_is_the_first(home: Path, tmp_path: Path) -> None:
    workspaces.create("trial", "staging")
    workspaces.switch("trial")
    (home / "workspaces" / "trial" / "workspace.json").unlink()
    assert workspaces.current_name() == "trial"
    (home / "current").write_text("../../etc")
    assert workspaces.current_name() == "main"
    assert workspaces.choose(str(tmp_path / "x")).root == tmp_path / "x"
    assert main(["--workspace", "trial", "list", "files"]) == 0
    assert photo(tmp_path).exists()
