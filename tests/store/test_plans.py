"""Whatever a pane or command asks of a large library is answered by an index, at any depth."""

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.__main__ import main
from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.filters import FileFilter, GenerationFilter
from stylestudio_desktop.domain.purchase import Mode
from stylestudio_desktop.services import (
    budget,
    buying,
    history,
    insights,
    library,
    lineup,
    queue,
    reconciling,
    refunding,
    storage,
    synthetic,
    till,
    timeline,
    wallet,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import similar, undoing
from tests.factories import FakeProvider, photo
from tests.overhearing import complaints, overhear
from tests.payments.bank import Bank
from tests.payments.counter import at

GENERATIONS = 20_000


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("plans") / "workspace"
    studio = open_studio(Workspace(root), {"local": FakeProvider()})
    synthetic.fill(studio, GENERATIONS, seed=11)
    close_studio(studio)
    return root


@pytest.fixture
def studio(workspace: Path) -> Iterator[Studio]:
    opened = open_studio(Workspace(workspace), {"local": FakeProvider()})
    yield opened
    close_studio(opened)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Every text that was run meanwhile, with the values of its first run."""
    texts: dict[str, Any] = {}
    overhear(monkeypatch, lambda _db, sql, values: texts.setdefault(sql, tuple(values)))
    return texts


def check(studio: Studio, asked: dict[str, Any]) -> None:
    texts = dict(asked)
    assert len(texts) > 2, "nothing was overheard"
    wrong = {
        sql: found
        for sql, values in texts.items()
        if (found := complaints(studio.database, sql, values))
    }
    assert not wrong, "\n".join(f"{found}: {sql}" for sql, found in wrong.items())


def test_the_check_sees_a_scan_and_a_sort(studio: Studio) -> None:
    def said(sql: str, *values: Any) -> list[str]:
        return complaints(studio.database, sql, values)

    assert said('SELECT "t1"."id" FROM "files" AS "t1" WHERE filename = ?', "x")
    assert said("SELECT id FROM generations WHERE user_id = 1 ORDER BY prompt LIMIT 5")
    assert said("SELECT style FROM usage ORDER BY duration_ms")
    assert said("DELETE FROM usage WHERE style = 'x'")
    assert not said("SELECT id FROM generations WHERE id = ?", 5)


def test_every_command(
    workspace: Path, studio: Studio, asked: dict[str, Any], tmp_path: Path
) -> None:
    def run(*words: str) -> None:
        code = main(["--workspace", str(workspace), *words], providers={"local": FakeProvider()})
        assert code == 0, words

    newest = str(history.listing(studio, GenerationFilter(status="completed")).items[0].id)
    pending = str(history.listing(studio, GenerationFilter(status="pending")).items[0].id)
    picture = str(library.listing(studio, FileFilter(category="generated_image")).items[0].id)
    product = library.listing(studio, FileFilter(category="product_image")).items[0].id
    deep = str(history.ids(studio, GenerationFilter())[GENERATIONS // 3])
    for what in ("generations", "files", "purchases", "usage", "tokens"):
        run("list", what)
        run("list", what, "--after", deep, "--limit", "7")
    for words in (
        ["dashboard"], ["insights", "--days", "400"], ["queue"], ["doctor"],
        ["show", newest], ["show", picture], ["queue", "top", pending], ["cancel", pending],
        ["import", str(photo(tmp_path)), "--as", "product"],
        ["generate", "--product", str(product), "--quality", "draft"],
        ["generate", "--product", str(product), "--quality", "draft", "--no-wait"],
        ["worker", "--until-empty"],
        ["export", newest, "--to", str(tmp_path / "out")],
        ["trash", newest], ["restore", newest], ["trash", picture], ["purge"],
        ["restore", picture],
        ["wallet"], ["wallet", "packages"], ["wallet", "purchases"],
        ["wallet", "purchases", "--after", deep],
    ):  # fmt: skip
        run(*words)
    check(studio, asked)


def test_buying_and_reconciling(studio: Studio, asked: dict[str, Any]) -> None:
    bank = Bank()
    buyer = dataclasses.replace(studio, gateways=at(bank))
    back = buying.Back("http://127.0.0.1/", "http://127.0.0.1/")
    rows = [buying.buy(buyer, "starter", back) for _ in range(3)]
    for row in rows[:2]:
        bank.pay(str(row.stripe_checkout_session_id))
    buying.cancel(buyer, rows[2].id)
    reconciling.reconcile(buyer)
    refunding.ask(buyer, rows[0].id)
    till.heard(buyer, Mode.TEST, 1)
    reconciling.reconcile(buyer)
    refunding.of_purchase(buyer, rows[0].id)
    wallet.books(buyer)
    budget.month(buyer)
    assert reconciling.needed(buyer)
    check(studio, asked)


CHOICES = list(itertools.product(("", "linen dress"), (None, 1), (None, 1 << 41), (False, True)))


@pytest.mark.parametrize(("search", "since", "until", "trashed"), CHOICES)
def test_every_way_to_narrow_a_list(
    studio: Studio,
    asked: dict[str, Any],
    search: str,
    since: int | None,
    until: int | None,
    trashed: bool,
) -> None:
    common: dict[str, Any] = {
        "search": search, "since": since, "until": until, "trashed": trashed,
    }  # fmt: skip
    for status in (None, "completed", "cancelled"):
        wanted = GenerationFilter(status=status, **common)
        history.rows(studio, wanted)
        timeline.rows(studio, wanted)
        timeline.ids(studio, wanted)
        history.ids(studio, wanted)
        looks = wanted._replace(style="vintage", provider="local")
        timeline.rows(studio, looks)
        timeline.ids(studio, looks)
    for category, favourite in itertools.product((None, "generated_image"), (False, True)):
        narrowed = FileFilter(category=category, favourite=favourite, **common)
        library.listing(studio, narrowed)
        library.ids(studio, narrowed)
    check(studio, asked)


def test_what_panes_and_the_worker_ask(studio: Studio, asked: dict[str, Any]) -> None:
    ids = library.ids(studio, FileFilter(), limit=200)
    library.cards(studio, ids)
    library.totals(studio)
    library.mark_favourite(studio, ids[:3], True)
    library.rate(studio, ids[:3], 4)
    history.totals(studio)
    history.dashboard(studio)
    wallet.summary(studio)
    wallet.movements(studio)
    wallet.bought(studio)
    insights.insights(studio, 1096)
    insights.log(studio)
    lineup.places(studio)
    storage.room(studio)
    queue.services_with_work(studio)
    queue.wanted_stops(studio, "host")
    queue.other_hosts(studio, "host")
    queue.recover(studio, "host", ["dead"])
    check(studio, asked)


@pytest.mark.parametrize("number", [1, 120, 1000])
def test_pictures_whose_ids_are_known_are_not_looked_for(
    studio: Studio, asked: dict[str, Any], number: int
) -> None:
    """From some fifty ids on, SQLite would rather walk all that the owner has."""
    ids = list(library.ids(studio, FileFilter(), limit=number))
    assert len(ids) == number
    library.cards(studio, ids)
    undoing.read(studio.database, studio.user_id, "rating", 0, ids)
    similar.placed(studio.database, studio.user_id, ids)
    similar.live(studio.database, studio.user_id, ids)

    told = [sql for sql in asked if " IN (?" in sql]
    assert len(told) == 4
    for sql in told:
        plan = studio.database.engine.execute_sql(f"EXPLAIN QUERY PLAN {sql}", asked[sql])
        assert "USING INTEGER PRIMARY KEY (rowid=?)" in plan.fetchall()[0][3], sql
