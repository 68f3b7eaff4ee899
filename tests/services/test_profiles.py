"""Several people on one machine: whose turn it is, what each may see, and what an end leaves."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import argon2.profiles
import pytest

from stylestudio_desktop.app import close_studio, open_studio, tidy_after_crash
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.account import normal_email
from stylestudio_desktop.domain.errors import BadInput, NotFound, ProfileLocked
from stylestudio_desktop.domain.events import (
    BalanceChanged,
    BatchChanged,
    GenerationStarted,
    QueueChanged,
)
from stylestudio_desktop.domain.filters import FileFilter, GenerationFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services import (
    accounts,
    batches,
    exporting,
    finding,
    finishing,
    generate,
    health,
    history,
    insights,
    leaving,
    library,
    lineup,
    organising,
    overview,
    profiles,
    queue,
    steering,
    storage,
    timeline,
    undo,
    wallet,
    watching,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.vault import passphrase
from tests.cli.conftest import Shell
from tests.cli.conftest import shell as shell
from tests.factories import FakeProvider, brief_for, give, import_photo, open_test_studio
from tests.store.books import faults
from tests.store.machines import results, stored_result, work_until_processing

WORD = "open sesame"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "PARAMETERS", argon2.profiles.CHEAPEST)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


def reopened(studio: Studio) -> Studio:
    close_studio(studio)
    return open_studio(Workspace(studio.workspace.root), {"local": FakeProvider()})


def logged(studio: Studio, user_id: int) -> list[str]:
    found = studio.database.rows(
        "SELECT action FROM usage WHERE user_id = ? ORDER BY id", (user_id,)
    )
    return [row[0] for row in found]


def test_somebody_else_sits_down_and_finds_their_own_wallet(studio: Studio) -> None:
    first = studio.user_id
    anna = profiles.add(studio, "  Anna   B. ", "Anna@Example.com")
    assert (anna.name, anna.email, anna.guarded) == ("Anna B.", "Anna@Example.com", 0)
    assert profiles.switch(studio, anna.id).last_login_at is not None
    again = reopened(studio)
    assert again.user_id == anna.id
    assert wallet.summary(again).user.token_balance == 10
    assert logged(again, first) == ["logout"]
    assert logged(again, anna.id) == ["login"]
    assert health.verify(again).ok
    profiles.leave_to(again, first)
    assert logged(again, anna.id) == ["login", "logout"]
    last = reopened(again)
    assert last.user_id == first
    last.settings.change(profile="77")  # somebody who is not there
    last = reopened(last)
    assert last.user_id == first
    close_studio(last)


@pytest.mark.parametrize(
    "same",
    [
        "anna@example.com",
        " ANNA@EXAMPLE.COM ",
        "ａｎｎａ@example.com",
        "Anna@Exampſe.com".replace("ſ", "l"),
    ],
)
def test_an_address_belongs_to_one_profile(studio: Studio, same: str) -> None:
    profiles.add(studio, "Anna", "Anna@Example.com")
    with pytest.raises(BadInput, match="Another profile"):
        profiles.add(studio, "Somebody", same)
    with pytest.raises(BadInput, match="Another profile"):
        profiles.set_email(studio, same)
    assert len(profiles.listing(studio)) == 2
    assert normal_email("Straße@x.de") == normal_email("STRASSE@X.DE")


def test_names_addresses_and_passphrases_are_judged(studio: Studio) -> None:
    for name in ("", "  ", "x" * 81, "a\u202eb"):
        with pytest.raises(BadInput):
            profiles.add(studio, name)
    for email in ("anna", "@x", "anna@", "an na@x.de", "a@" + "x" * 260):
        with pytest.raises(BadInput):
            profiles.set_email(studio, email)
    with pytest.raises(BadInput, match="6 to 200"):
        profiles.set_passphrase(studio, None, "short")
    assert profiles.rename(studio, "Ben").name == "Ben"
    assert profiles.set_email(studio, "ben@x.de").email == "ben@x.de"
    assert profiles.set_email(studio, None).email is None


def test_a_profile_is_found_by_id_address_and_name(studio: Studio) -> None:
    anna = profiles.add(studio, "Anna", "anna@x.de")
    for word in (str(anna.id), "ANNA@x.de", "anna"):
        assert profiles.find(studio, word).id == anna.id
    with pytest.raises(NotFound):
        profiles.find(studio, "123")
    profiles.add(studio, "Anna")
    with pytest.raises(BadInput, match="2 profiles"):
        profiles.find(studio, "Anna")


def test_a_passphrase_keeps_others_from_the_desk(studio: Studio) -> None:
    first = studio.user_id
    with pytest.raises(BadInput, match="no passphrase"):
        profiles.lock(studio)
    assert not accounts.is_guarded(studio)
    assert profiles.set_passphrase(studio, None, WORD).guarded
    assert accounts.is_guarded(studio)
    stored = studio.database.value("SELECT passphrase FROM users")
    assert stored.startswith("$argon2id$")
    anna = profiles.add(studio, "Anna", passphrase=WORD)
    for wrong in (None, "", "open sesamE"):
        with pytest.raises(ProfileLocked, match="not the passphrase of “Anna”"):
            profiles.switch(studio, anna.id, wrong)
        with pytest.raises(ProfileLocked):
            profiles.set_passphrase(studio, wrong, None)
        with pytest.raises(ProfileLocked):
            leaving.delete(studio, first, wrong)
    profiles.require_open(studio)
    assert profiles.lock(studio).locked_at is not None
    with pytest.raises(ProfileLocked, match="is locked"):
        profiles.require_open(studio)
    assert profiles.switch(studio, first, WORD).locked_at is None
    profiles.require_open(studio)
    assert not profiles.set_passphrase(studio, WORD, None).guarded
    assert logged(studio, first) == ["logout", "login"]
    assert not passphrase.fits("damaged", WORD)


def test_the_usual_parameters_are_the_library_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "PARAMETERS", None)
    stored = passphrase.hashed(WORD)
    assert "m=65536,t=3,p=4" in stored
    assert passphrase.fits(stored, WORD)


def test_a_profile_shows_a_picture(studio: Studio, tmp_path: Path) -> None:
    import_photo(studio, tmp_path, "red")
    shown = profiles.set_picture(studio, tmp_path / "red-product_image.jpg")
    assert shown.profile_image_id is not None
    assert (profiles.picture(studio) or b"")[:2] in (b"\xff\xd8", b"RI")
    assert health.verify(studio).ok
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    with pytest.raises(BadInput):
        profiles.set_picture(studio, tmp_path / "no.jpg")
    assert profiles.set_picture(studio, None).profile_image_id is None
    assert profiles.picture(studio) is None


@pytest.fixture
def two(studio: Studio, tmp_path: Path) -> tuple[Studio, Studio, dict[str, Any]]:
    """A neighbour who has something of everything, and one who has nothing yet."""
    give(studio, 100)
    product = import_photo(studio, tmp_path, "red")
    import_photo(studio, tmp_path, "blue", Category.MODEL)
    finished = generate.start(studio, brief_for(product, prompt="neighbour secret linen", count=2))
    row = work_until_processing(studio, finished)
    made = finishing.complete(studio, row, results(stored_result(studio, tmp_path), 2))
    waiting = generate.start(studio, brief_for(product, prompt="neighbour secret wool"))
    tag = organising.tag_called(studio, "neighbour")
    organising.new_collection(studio, "neighbour")
    organising.keep_search(studio, "neighbour", "style:vintage")
    (tmp_path / "watched").mkdir()
    watching.watch(studio, tmp_path / "watched", Category.PRODUCT)
    other = profiles.add(studio, "Anna")
    ids = {
        "files": [product, *made], "generations": [finished.id, waiting.id], "tag": tag,
        "made": made, "finished": finished.id, "waiting": waiting.id, "product": product,
    }  # fmt: skip
    return studio, replace(studio, user_id=other.id), ids


LISTS: dict[str, Callable[[Studio], Any]] = {
    "files": lambda s: library.listing(s, FileFilter()).items,
    "search": lambda s: library.listing(s, FileFilter(search="neighbour")).items,
    "generations": lambda s: history.rows(s, GenerationFilter()).items,
    "generation search": lambda s: history.rows(s, GenerationFilter(search="secret")).items,
    "timeline": lambda s: timeline.rows(s, GenerationFilter()).items,
    "timeline ids": lambda s: timeline.ids(s, GenerationFilter()),
    "log": lambda s: insights.log(s).items,
    "purchases": lambda s: wallet.bought(s).items,
    "queue": lineup.places,
    "tags": organising.list_tags,
    "collections": organising.list_collections,
    "searches": organising.list_searches,
    "watched folders": watching.folders,
    "batches": lambda s: batches.listing(s),
    "pictures kept": lambda s: [one for one in library.totals(s) if one.number],
    "dashboard": lambda s: [*history.dashboard(s).generations, *history.dashboard(s).by_status],
    "running": lambda s: [1] * (overview.overview(s).running + overview.overview(s).waiting),
    "undo": undo.steps,
    "insights": lambda s: [day for day, work in insights.insights(s, 30).by_day if work.started],
    "facets": lambda s: [one for some in finding.facet_counts(s).values() for one in some],
    "suggestions": lambda s: finding.suggestions(s, "tag:nei"),
    "finder": lambda s: finding.listing(s, finding.query_of(FileFilter(), "neighbour")[0]).items,
    "storage": lambda s: [one for one in storage.room(s).kept if one.number],
}


@pytest.mark.parametrize("name", LISTS)
def test_no_list_shows_what_is_a_neighbour_s(
    two: tuple[Studio, Studio, dict[str, Any]], name: str
) -> None:
    _, other, _ = two
    assert list(LISTS[name](other)) == []


def test_a_neighbour_s_things_can_not_be_reached_by_their_ids(
    two: tuple[Studio, Studio, dict[str, Any]], tmp_path: Path
) -> None:
    mine, other, ids = two
    reaches: list[Callable[[], object]] = [
        lambda: library.picture(other, ids["product"]),
        lambda: library.trash(other, [ids["product"]]),
        lambda: history.story(other, ids["finished"]),
        lambda: history.trash(other, [ids["finished"]]),
        lambda: generate.brief_of(other, ids["finished"]),
        lambda: generate.start(other, brief_for(FileId(ids["product"]))),
        lambda: steering.cancel(other, ids["waiting"]),
        lambda: steering.move_to_top(other, ids["waiting"]),
        lambda: exporting.meant(other, [ids["product"]]),
        lambda: exporting.meant(other, [ids["finished"]]),
    ]
    before = mine.database.rows("SELECT id, status, trashed_at FROM generations")
    for reach in reaches:
        with pytest.raises(NotFound):
            reach()
    library.rate(other, ids["files"], 5)
    library.mark_favourite(other, ids["files"], True)
    assert library.cards(other, ids["files"]) == []
    assert organising.tags_of(other, ids["product"]) == []
    assert mine.database.value("SELECT sum(rating) + sum(favourite) FROM files") == 0
    assert mine.database.rows("SELECT id, status, trashed_at FROM generations") == before
    assert [one.kind for one in wallet.movements(other).items] == ["grant"]


def test_only_own_facts_reach_the_window(two: tuple[Studio, Studio, dict[str, Any]]) -> None:
    mine, other, ids = two
    for fact, of_mine, of_other in (
        (GenerationStarted(ids["waiting"]), True, False),
        (GenerationStarted(5), True, True),  # gone meanwhile: nothing to tell of it
        (BalanceChanged(mine.user_id, 3), True, False),
        (BatchChanged(7), False, False),
        (QueueChanged(), True, True),
    ):
        assert accounts.concerns(mine, fact) is of_mine
        assert accounts.concerns(other, fact) is of_other


def test_the_same_photo_of_two_people_is_stored_once_and_shown_to_each(
    two: tuple[Studio, Studio, dict[str, Any]], tmp_path: Path
) -> None:
    _, other, ids = two
    (row,) = library.import_files(
        other, [tmp_path / "red-product_image.jpg"], Category.PRODUCT
    ).files
    assert row.id != ids["product"]
    assert [card.id for card in library.listing(other, FileFilter()).items] == [row.id]


def test_a_deleted_account_leaves_only_what_bookkeeping_needs(
    two: tuple[Studio, Studio, dict[str, Any]], tmp_path: Path
) -> None:
    mine, other, _ids = two
    profiles.set_email(mine, "me@x.de")
    profiles.set_passphrase(mine, None, WORD)
    profiles.set_picture(mine, tmp_path / "blue-model_image.jpg")
    library.import_files(other, [tmp_path / "red-product_image.jpg"], Category.PRODUCT)
    with mine.database.write():
        mine.database.run(
            "INSERT INTO token_purchases (id, user_id, amount, currency, tokens_received,"
            " status, transaction_id, package_name, display_name, created_at)"
            " VALUES (1, ?, 499, 'EUR', 50, 'pending', 'by-hand', 'small', 'Small', 1)",
            (mine.user_id,),
        )
    entries = mine.database.value("SELECT count(*) FROM token_entries")
    there = wallet.summary(mine).user.token_balance
    assert leaving.loss(mine, mine.user_id) == leaving.Loss(there, bought=False, waiting=True)
    leaving.delete(mine, mine.user_id, WORD)
    database = mine.database
    for table in ("generations", "tags", "collections", "usage_days", "file_counts", "jobs"):
        where = "" if table == "jobs" else f" WHERE user_id = {mine.user_id}"
        assert database.value(f"SELECT count(*) FROM {table}{where}") == 0, table
    assert database.value("SELECT count(*) FROM files WHERE user_id = ?", (mine.user_id,)) == 0
    assert database.value("SELECT count(*) FROM usage WHERE user_id = ?", (mine.user_id,)) == 0
    assert database.row(
        "SELECT name, email, email_norm, passphrase, profile_image_id FROM users WHERE id = ?",
        (mine.user_id,),
    ) == ("", None, None, None, None)
    assert database.value("SELECT count(*) FROM token_purchases") == 1
    # The waiting generation gave its tokens back in an entry of its own.
    assert database.value("SELECT count(*) FROM token_entries") == entries + 1
    assert [one.id for one in profiles.listing(other)] == [other.user_id]
    assert health.verify(other, deep=True, grace_s=0.0).ok
    assert faults(database) == []
    # The photo that the other has as well is the only one whose bytes stay.
    stored = [one for one in mine.workspace.files.rglob("*") if one.is_file()]
    assert len(stored) == 1
    with pytest.raises(NotFound):
        profiles.current(mine)
    again = reopened(other)
    assert again.user_id == other.user_id
    leaving.delete(again, again.user_id)
    again = reopened(again)
    assert again.user_id not in (mine.user_id, other.user_id)
    close_studio(again)


def test_an_end_that_was_interrupted_is_finished_at_the_next_start(
    two: tuple[Studio, Studio, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other, _ = two

    def crash(_studio: Studio) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(leaving, "clear", crash)
    with pytest.raises(KeyboardInterrupt):
        leaving.delete(mine, mine.user_id)
    monkeypatch.undo()
    assert mine.database.value("SELECT count(*) FROM generations") == 2
    assert [one.id for one in profiles.listing(other)] == [other.user_id]
    tidy_after_crash(other)
    assert mine.database.value("SELECT count(*) FROM generations") == 0
    assert leaving.clear(other) == 0
    assert health.verify(other, grace_s=0.0).ok


def test_an_account_with_running_work_is_not_deleted(
    two: tuple[Studio, Studio, dict[str, Any]],
) -> None:
    mine, _, _ = two
    assert queue.claim_next(mine, "a host", "local") is not None
    with pytest.raises(BadInput, match="being made"):
        leaving.delete(mine, mine.user_id)
    assert len(profiles.listing(mine)) == 2


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_the_account_command(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = shell.json("account")
    assert (first["current"], first["passphrase"], first["locked"]) == (True, False, False)
    typed(monkeypatch, WORD)
    anna = shell.json("account", "add", "Anna", "--email", "a@x.de", "--passphrase")
    assert (anna["name"], anna["passphrase"]) == ("Anna", True)
    assert WORD not in json.dumps(anna)
    assert shell.run("account", "list") == 0
    assert "Anna" in shell.out
    assert "a@x.de" not in shell.out  # it is told to Anna alone
    other = next(one for one in shell.json("account", "list")["items"] if not one["current"])
    assert (other["name"], other["passphrase"]) == ("Anna", True)
    told = [name for name, value in other.items() if value not in (None, False)]
    assert sorted(told) == ["id", "name", "passphrase"]
    typed(monkeypatch, "wrong word")
    assert shell.run("account", "switch", "Anna") == 2
    typed(monkeypatch, WORD)
    assert shell.json("account", "switch", "a@x.de")["id"] == anna["id"]
    assert shell.json("dashboard")["user"]["name"] == "Anna"
    assert shell.run("account", "lock") == 0
    for words in (
        ["list", "files"],
        ["dashboard"],
        ["account", "show"],
        ["account", "rename", "x"],
    ):
        assert shell.run(*words) == 2, words
        assert "locked" in shell.err
    assert shell.run("verify") == 0
    typed(monkeypatch, WORD)
    assert shell.run("account", "unlock") == 0
    typed(monkeypatch, WORD, "another word")
    assert shell.run("account", "set-passphrase") == 0
    assert "not encrypted" in shell.err
    typed(monkeypatch, "another word")
    assert not shell.json("account", "remove-passphrase")["passphrase"]
    assert shell.json("account", "rename", "Anna B.")["name"] == "Anna B."
    assert shell.json("account", "email", "b@x.de")["email"] == "b@x.de"
    assert shell.json("account", "email")["email"] is None
    from tests.factories import photo

    assert shell.json("account", "picture", str(photo(tmp_path)))["profile_image"]
    assert shell.json("account", "picture")["profile_image"] is None
    assert shell.run("account", "switch") == 2
    assert shell.run("account", "lock", "Anna") == 2
    assert shell.run("account", "rename", "x", "--email", "c@x.de") == 2
    assert shell.run("account", "delete", "Anna B.") == 2
    assert "10 tokens not spent yet would be lost" in shell.err
    assert "--yes" in shell.err
    assert shell.run("account", "delete", first["name"]) == 2
    assert "would be lost" not in shell.err  # that is told to them alone
    assert shell.json("account", "delete", "Anna B.", "--yes") == {"deleted": anna["id"]}
    assert [one["id"] for one in shell.json("account", "list")["items"]] == [first["id"]]
    assert shell.run("account", "rename", "Ben") == 0
    assert shell.run("account", "delete", "Ben", "--yes") == 0


def test_nobody_sits_down_who_is_not_there(studio: Studio) -> None:
    with pytest.raises(NotFound):
        profiles.switch(studio, 77)
