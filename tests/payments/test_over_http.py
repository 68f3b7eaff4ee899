"""From the typed command to the browser and back, over a real connection to a stand-in."""

import dataclasses
import io
import json
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.cli import paying
from stylestudio_desktop.domain.errors import PaymentError
from stylestudio_desktop.payments.return_page import ReturnPage
from stylestudio_desktop.payments.stripe_direct import StripeDirect
from stylestudio_desktop.services import buying, reconciling, refunding
from stylestudio_desktop.services.studio import Studio
from tests.cli.conftest import Shell
from tests.factories import open_test_studio
from tests.payments.counter import KEY
from tests.payments.standins import missing, shared_standin
from tests.payments.stripe_server import StripeServer, pay
from tests.payments.test_buying import BACK, balance, credits, sound

DECLINED = "pm_card_chargeCustomerFail"
"""A card that both stand-ins decline when it is charged."""


@pytest.fixture(scope="module", params=["ours", "shared"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where Stripe is."""
    if request.param == "shared":
        if reason := missing():
            pytest.skip(reason)
        with shared_standin() as found:
            yield found
        return
    server = StripeServer()
    yield server.address
    server.close()


@pytest.fixture
def wired(tmp_path: Path, address: str) -> Iterator[Studio]:
    """A studio that asks a stand-in over HTTP."""
    opened = open_test_studio(tmp_path)
    yield dataclasses.replace(opened, gateways=lambda _: StripeDirect(KEY, address))
    close_studio(opened)


def faults(address: str, *kinds: str) -> None:
    """Plant faults in whichever stand-in it is."""
    theirs = {"down_before": "reset_before", "down_after": "reset_after", "busy": "500_before"}
    for path, planted in (
        ("/_faults", list(kinds)),
        ("/_test/faults", [{"kind": theirs[kind]} for kind in kinds]),
    ):
        asked = urllib.request.Request(address + path, json.dumps(planted).encode())
        try:
            urllib.request.urlopen(asked, timeout=5).close()
            return
        except urllib.error.HTTPError as error:
            error.close()
    raise AssertionError("no stand-in took the faults")


def test_bought_and_given_back(wired: Studio) -> None:
    row = buying.buy(wired, "standard", BACK)
    assert row.checkout_url is not None
    assert pay(row.checkout_url, "cancel")[1] == BACK.cancel_url
    assert pay(row.checkout_url) == (303, BACK.success_url)
    found = reconciling.reconcile(wired)
    assert (found.completed, found.problems) == (1, ())
    assert credits(wired) == [100]
    done = refunding.ask(wired, row.id)
    assert done.status == "done"
    reconciling.reconcile(wired)
    assert balance(wired) == 10
    assert buying.purchase(wired, row.id).status == "refunded"
    sound(wired)


@pytest.mark.parametrize("fault", ["down_before", "down_after", "busy"])
def test_one_page_and_one_credit_through_every_fault(
    wired: Studio, address: str, fault: str
) -> None:
    faults(address, fault)
    row = buying.buy(wired, "starter", BACK)  # the adapter itself asks again, with the same key
    assert row.checkout_url is not None
    pay(row.checkout_url)
    faults(address, fault)
    reconciling.reconcile(wired)
    faults(address, fault)
    refunding.ask(wired, row.id)
    reconciling.reconcile(wired)
    assert credits(wired) == [25]
    assert balance(wired) == 10
    assert len(refunding.of_purchase(wired, row.id)) == 1
    sound(wired)


def test_a_page_is_closed(wired: Studio) -> None:
    row = buying.buy(wired, "starter", BACK)
    assert buying.cancel(wired, row.id).status == "failed"


def test_checking_the_key(address: str) -> None:
    gateway = StripeDirect(KEY, address)
    assert "accepts the key" in gateway.check()
    gateway.close()


def test_nobody_there() -> None:
    gateway = StripeDirect(KEY, "http://127.0.0.1:1")
    with pytest.raises(PaymentError, match="could not be reached") as told:
        gateway.look("cs_test_x")
    assert told.value.again
    gateway.close()


@pytest.fixture
def till(shell: Shell, address: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A command line with a key in its environment."""
    monkeypatch.setenv("STRIPE_API_KEY", KEY)
    monkeypatch.setenv("STYLESTUDIO_STRIPE_API", address)
    return shell


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path / "workspace", capsys.readouterr)


def test_by_command_without_waiting(till: Shell) -> None:
    bought = till.json("wallet", "buy", "pro", "--no-wait")
    assert bought["status"] == "pending"
    assert f"Pay 79.99 USD here: {bought['checkout_url']}" in till.err
    assert till.json("wallet", "reconcile")["waiting"] == 1
    pay(bought["checkout_url"])
    found = till.json("wallet", "reconcile")
    assert (found["completed"], found["closed"]) == (1, True)
    shown = till.json("wallet")
    assert shown["balance"] == 310
    assert shown["books"]["paid"] == 300
    (listed,) = till.json("wallet", "purchases")["items"]
    assert listed["status"] == "completed"
    offer = till.json("wallet", "refund", bought["id"], "--dry-run")
    assert offer == {"tokens": 300, "amount": 7999, "currency": "USD"}
    target = till.workspace.parent / "receipt.pdf"
    assert till.json("wallet", "receipt", bought["id"], "--to", str(target))["path"] == str(target)
    assert target.read_bytes().startswith(b"%PDF")
    back = till.json("wallet", "refund", bought["id"])
    assert (back["status"], back["tokens"], back["taken"]) == ("done", 300, 300)
    assert till.json("wallet")["balance"] == 10
    assert till.json("verify")["ok"] is True


def test_by_command_waiting_for_the_browser(till: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[Any] = []

    def browse() -> None:
        assert told.wait(30)
        status, place = pay(lines[0].split("here: ")[1].strip())
        ended.append(status)
        with urllib.request.urlopen(place, timeout=10) as page:
            ended.append(page.read().decode())

    lines: list[str] = []
    told = threading.Event()

    def note(text: str) -> None:
        lines.append(text)
        told.set()

    monkeypatch.setattr(paying, "note", note)
    browser = threading.Thread(target=browse)
    browser.start()
    try:
        bought = till.json("wallet", "buy", "starter")
    finally:
        browser.join()
    assert bought["status"] == "completed"
    assert ended[0] == 303
    assert "go back to Style Studio" in ended[1]


def test_by_command_for_people(till: Shell) -> None:
    assert till.run("wallet", "packages") == 0
    assert "29.99 USD" in till.out
    assert till.run("wallet", "buy", "standard", "--no-wait") == 0
    assert "completed by itself" in till.out
    assert till.run("wallet") == 0
    assert "A payment is under way" in till.out
    assert till.run("wallet", "purchases") == 0
    assert "pending" in till.out
    shown = till.err
    bought = till.json("wallet", "purchases")["items"][0]
    assert f"Pay purchase {bought['id']} here: {bought['checkout_url']}\n" in shown
    assert pay(bought["checkout_url"], DECLINED)[0] == 402
    assert till.run("wallet", "reconcile") == 0
    assert "0 completed, 0 failed, 1 still waiting" in till.out  # another card can be tried
    pay(bought["checkout_url"])
    assert till.run("wallet", "reconcile") == 0
    assert "the books close" in till.out
    assert till.run("wallet") == 0
    assert "110 tokens" in till.out
    assert "under way" not in till.out
    assert till.run("wallet", "refund", bought["id"], "--dry-run") == 0
    assert "29.99 USD" in till.out
    assert till.run("wallet", "refund", bought["id"]) == 0
    assert till.run("wallet", "buy", "starter", "--no-wait") == 0
    pending = till.json("wallet", "purchases")["items"][0]
    assert till.run("wallet", "cancel", pending["id"]) == 0
    assert "closed before anything was paid" in till.out


def test_what_is_typed_wrong(till: Shell) -> None:
    assert till.run("wallet", "buy") == 2
    assert till.run("wallet", "show", "1") == 2
    assert till.run("wallet", "buy", "gold") == 2
    assert "Choose one of" in till.err
    assert till.run("wallet", "refund", "1") == 2
    assert till.run("wallet", "receipt", "1") == 2


def test_the_key_by_command(shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert shell.json("wallet", "key")["ready"] is False
    assert shell.json("wallet", "buy", "starter", code=4)["error"]["code"] == "payment_key"
    monkeypatch.setattr("sys.stdin", io.StringIO("sk_live_abcdefghijk\n"))
    told = shell.json("wallet", "key", code=4)["error"]["message"]
    assert "Checkout Sessions: Write" in told
    assert "sk_live" not in told
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))
    found = shell.json("wallet", "key")
    assert (found["ready"], found["mode"], found["lasting"]) == (True, "test", False)
    assert KEY not in shell.out
    assert shell.json("wallet", "key", "--remove")["ready"] is False


def test_the_return_page_answers_its_own_addresses_alone() -> None:
    came: list[bool] = []
    page = ReturnPage(came.append)
    try:
        for url, paid in ((page.success_url, True), (page.cancel_url, False)):
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert "Style Studio" in answer.read().decode()
            assert came[-1] is paid
        wrong = page.success_url.replace("/paid", "x/paid")
        with pytest.raises(urllib.error.HTTPError) as told:
            urllib.request.urlopen(wrong, timeout=5)
        told.value.close()
    finally:
        page.close()
    assert came == [True, False]
