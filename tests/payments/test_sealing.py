"""A ledger is sealed before its first purchase, whichever program uses it, and proven again."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config import remembered
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.seal import State
from stylestudio_desktop.services import (
    buying,
    ledger_keys,
    ledger_proof,
    opening,
    profiles,
    rebuilding,
    reconciling,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import seals
from tests.cli.conftest import Shell
from tests.factories import FakeProvider, give, photo
from tests.payments.bank import Bank
from tests.payments.counter import KEY, at
from tests.payments.stripe_server import StripeServer, pay
from tests.payments.test_buying import BACK
from tests.services.test_rebuilding import made
from tests.vault.drawer import Drawer, with_backend

UNSEALED = "SELECT count(*) FROM token_entries WHERE mac IS NULL"


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


@pytest.fixture
def shell(
    tmp_path: Path,
    drawer: Drawer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Shell]:
    """A command line with a keyring, and Stripe on this computer."""
    server = StripeServer()
    monkeypatch.setenv("STYLESTUDIO_STRIPE_API", server.address)
    monkeypatch.setattr(
        opening, "Secrets", lambda service: with_backend(drawer, {"STRIPE_API_KEY": KEY})
    )
    yield Shell(tmp_path / "workspace", capsys.readouterr)
    server.close()


def opened(folder: Path, drawer: Drawer) -> Studio:
    return open_studio(Workspace(folder), {"local": FakeProvider()}, with_backend(drawer))


def planned(shell: Shell) -> Any:
    """Return the plan of a small batch."""
    table = photo(shell.workspace.parent, "tee.jpg").with_name("table.csv")
    table.write_text("product\ntee.jpg\n")
    return shell.json("batch", str(table), "--dry-run")


def changed(shell: Shell, drawer: Drawer, statement: str) -> None:
    studio = opened(shell.workspace, drawer)
    studio.database.run(statement)
    close_studio(studio)


def test_wallet_commands_alone_seal_their_ledger_and_prove_it(shell: Shell, drawer: Drawer) -> None:
    bought = shell.json("wallet", "buy", "starter", "--no-wait")
    pay(bought["checkout_url"])
    assert shell.json("wallet", "reconcile")["completed"] == 1
    assert shell.json("wallet")["ledger"] == "proven"

    studio = opened(shell.workspace, drawer)
    [first] = ledger_proof.history(studio)
    assert first.last_entry == 1  # the welcome gift alone was taken as it stood
    assert studio.database.value(UNSEALED) == 0
    assert ledger_proof.examine(studio).state is State.PROVEN
    close_studio(studio)

    changed(shell, drawer, "UPDATE users SET token_balance = 9000")
    for words in (("wallet",), ("wallet", "buy", "pro"), ("wallet", "reconcile")):
        told = shell.run(*words)
        assert told != 0
        assert "read-only" in shell.err
        assert "9,000 tokens; they add up to 35" in shell.err
    assert shell.json("wallet", "purchases")["items"][0]["id"] == bought["id"]  # none was begun
    assert shell.run("dashboard") == 0
    assert "the balance is not known until the ledger is in order" in shell.out
    assert "9,000" not in shell.out
    assert shell.json("dashboard")["user"]["token_balance"] is None
    assert planned(shell)["balance"] is None
    assert shell.run("ledger", "anchor", "--reason", "I looked into the file.") == 0
    assert shell.json("wallet")["balance"] == 35
    assert shell.run("dashboard") == 0
    assert "35 tokens" in shell.out
    assert shell.json("dashboard")["user"]["token_balance"] == planned(shell)["balance"] == 35


def test_what_is_bought_before_the_first_check_follows_the_seal(
    tmp_path: Path, drawer: Drawer, bank: Bank
) -> None:
    """As in a window of which the check has not begun yet."""
    studio = opened(tmp_path / "workspace", drawer)
    buyer = dataclasses.replace(studio, gateways=at(bank))
    buying.buy(buyer, "starter", BACK)
    (page,) = bank.sessions
    bank.pay(page)
    assert reconciling.reconcile(buyer).completed == 1
    assert studio.database.value(UNSEALED) == 0
    assert ledger_proof.history(studio)[0].last_entry == 1
    close_studio(studio)


def test_a_tail_cut_between_two_commands_is_found_by_the_next(shell: Shell, drawer: Drawer) -> None:
    bought = shell.json("wallet", "buy", "starter", "--no-wait")
    pay(bought["checkout_url"])
    shell.json("wallet", "reconcile")
    studio = opened(shell.workspace, drawer)
    guards = studio.database.rows(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'token_entries'"
    )
    for name, _ in guards:
        studio.database.run(f"DROP TRIGGER {name}")
    studio.database.run("DELETE FROM token_entries WHERE id = 2")
    studio.database.run("UPDATE users SET token_balance = 10")
    for _, sql in guards:
        studio.database.run(sql)
    close_studio(studio)
    assert shell.run("wallet") != 0
    assert "its end was cut off" in shell.err


def test_a_new_profile_s_gift_is_sealed_by_the_command_that_makes_it(
    shell: Shell, drawer: Drawer
) -> None:
    assert shell.run("account", "add", "Ben") == 0
    studio = opened(shell.workspace, drawer)
    assert studio.database.value("SELECT count(*) FROM token_entries") == 2
    assert studio.database.value(UNSEALED) == 0
    close_studio(studio)


def test_who_comes_after_the_last_account_is_no_stranger(shell: Shell, drawer: Drawer) -> None:
    """The first start after the last account was deleted makes a profile of its own."""
    assert shell.run("wallet") == 0
    me = shell.json("account")["id"]
    assert shell.run("account", "delete", me, "--yes") == 0
    assert shell.json("wallet")["ledger"] == "proven"
    assert shell.run("verify") == 0
    studio = opened(shell.workspace, drawer)
    assert studio.database.value("SELECT count(*) FROM token_entries") == 2
    assert studio.database.value(UNSEALED) == 0
    close_studio(studio)


def test_a_library_rebuilt_where_a_sealed_one_was_is_no_stranger(
    tmp_path: Path, drawer: Drawer
) -> None:
    place = tmp_path / "workspace"
    lost = opened(place, drawer)
    assert ledger_proof.at_start(lost).state is State.PROVEN
    give(lost, 10)
    made(lost, tmp_path)
    close_studio(lost)
    place.rename(tmp_path / "away")
    remembered.forget(Workspace(place))
    fresh = opened(place, drawer)
    assert rebuilding.rebuild(fresh, tmp_path / "away").adopted.generations
    fresh.database.seals.close()
    assert fresh.database.value(UNSEALED) == 0
    assert ledger_proof.at_start(fresh).state is State.PROVEN
    close_studio(fresh)


def test_without_a_keyring_it_is_asked_for_once_and_the_rest_works(
    tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_studio(Workspace(tmp_path), {"local": FakeProvider()}, with_backend(None))
    looks: list[int | None] = []
    look = ledger_keys.look

    def counted(which: Studio, anchor: int | None) -> ledger_keys.Kept:
        looks.append(anchor)
        return look(which, anchor)

    monkeypatch.setattr(ledger_keys, "look", counted)
    profiles.add(studio, "Ben")
    profiles.add(studio, "Cleo")
    assert looks == [None]
    assert studio.database.value(UNSEALED) == 3
    close_studio(studio)


@pytest.mark.parametrize("moment", ["before the anchor", "after the anchor"])
@pytest.mark.parametrize("known", [False, True])
def test_an_end_half_way_through_the_first_seal_makes_nobody_a_stranger(
    tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch, moment: str, known: bool
) -> None:
    """The ledger was there before the keyring; or another library lived at this place once."""

    class Ended(Exception):
        """As if the program had been killed here."""

    if known:
        before = opened(tmp_path / "workspace", drawer)
        ledger_proof.at_start(before)
        close_studio(before)
        (tmp_path / "workspace").rename(tmp_path / "away")
        remembered.forget(Workspace(tmp_path / "workspace"))
    studio = opened(tmp_path / "workspace", drawer)
    if not known:
        give(studio, 5)
    where = (seals, "draft") if moment == "before the anchor" else (ledger_keys, "settle_place")

    def end(*_: object) -> None:
        raise Ended

    with monkeypatch.context() as patched:
        patched.setattr(*where, end)
        with pytest.raises(Ended):
            ledger_proof.at_start(studio)
    close_studio(studio)

    again = opened(tmp_path / "workspace", drawer)
    assert ledger_proof.at_start(again).state is State.PROVEN
    give(again, 5)
    again.database.seals.close()
    assert ledger_proof.examine(again).state is State.PROVEN
    close_studio(again)


def test_a_wallet_s_answer_for_programs_says_how_the_ledger_stands(shell: Shell) -> None:
    assert shell.run("wallet", "--json") == 0
    assert json.loads(shell.out)["ledger"] == "proven"
