"""Through a relay nothing is credited that its key has not signed, for us and for what was sold."""

import base64
import dataclasses
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from relay.relay import Shop, serve

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import BadInput, PaymentError
from stylestudio_desktop.domain.purchase import Mode
from stylestudio_desktop.payments import statements
from stylestudio_desktop.payments.relay import Contact, Relay, contact
from stylestudio_desktop.services import buying, reconciling, refunding, settling, till
from stylestudio_desktop.services.settling import Outcome
from stylestudio_desktop.services.studio import Studio
from tests.cli.conftest import Shell
from tests.factories import open_test_studio
from tests.payments.bank import Bank
from tests.payments.counter import Counter
from tests.payments.test_buying import aged, balance, buy, credits, session, sound

SECRET = bytes(range(32))
OTHER = bytes(range(1, 33))


class Vendor:
    """A running relay."""

    def __init__(self, bank: Bank, studio: Studio, key: bytes = SECRET) -> None:
        self.shop = Shop(Counter(bank), studio.catalogue.packages, key)
        self.server = serve(self.shop, 0)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def text(self) -> str:
        return f"test {self.address} {base64.b64encode(self.shop.public_key).decode()}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


@pytest.fixture
def vendor(bank: Bank, plain: Studio) -> Iterator[Vendor]:
    made = Vendor(bank, plain)
    till.use_relay(plain, made.text)
    yield made
    made.close()


def test_bought_and_refunded_through_the_relay(plain: Studio, bank: Bank, vendor: Vendor) -> None:
    assert till.standing(plain).ready
    row = buy(plain)
    assert row.gateway == "relay"
    bank.pay(session(row))
    reconciling.reconcile(plain)
    assert credits(plain) == [100]
    done = buying.purchase(plain, row.id)
    body = statements.read(done.receipt, vendor.shop.public_key, "checkout")
    assert (body["tokens"], body["state"]) == (100, "paid")
    assert refunding.ask(plain, row.id).status == "done"
    assert balance(plain) == 10
    sound(plain)


def test_refunds_of_the_vendor_are_seen_within_a_day(
    plain: Studio, bank: Bank, vendor: Vendor
) -> None:
    row = buy(plain)
    bank.pay(session(row))
    reconciling.reconcile(plain)
    bank.give_back(buying.purchase(plain, row.id).stripe_payment_intent_id or "", 2999)
    till.heard(plain, Mode.TEST, bank.now - 2 * 86_400)
    reconciling.reconcile(plain)
    assert balance(plain) == 10
    assert buying.purchase(plain, row.id).status == "refunded"


def test_cancelled_and_found_again(plain: Studio, bank: Bank, vendor: Vendor) -> None:
    assert buying.cancel(plain, buy(plain).id).status == "failed"
    bank.faults = ["down_after"]
    with pytest.raises(PaymentError) as told:
        buy(plain)
    assert told.value.again
    lost = next(one for one in bank.sessions.values() if one["status"] == "open")
    bank.pay(lost["id"])
    bank.forget_keys()
    (row,) = [one for one in rows(plain) if one.status == "pending"]
    aged(plain, row, 26)
    lost["created"] -= 26 * 3600
    reconciling.reconcile(plain)
    assert credits(plain) == [100]


def rows(studio: Studio) -> list[Any]:
    from stylestudio_desktop.services import wallet

    return list(wallet.bought(studio).items)


def test_another_key_credits_nothing(plain: Studio, bank: Bank) -> None:
    forger = Vendor(bank, plain, OTHER)
    right = base64.b64encode(Shop(Counter(bank), (), SECRET).public_key).decode()
    till.use_relay(plain, f"test {forger.address} {right}")
    try:
        with pytest.raises(PaymentError, match="not signed"):
            buy(plain)
    finally:
        forger.close()
    assert credits(plain) == []
    assert [one.status for one in rows(plain)] == ["failed"]


def test_a_receipt_for_other_tokens_credits_nothing(
    plain: Studio, bank: Bank, vendor: Vendor
) -> None:
    row = buy(plain)
    bank.pay(session(row))
    gateway = till.gateway(plain)
    seen = gateway.look(session(row))
    gateway.close()
    assert settling.settle(plain, dataclasses.replace(seen, tokens=5)) is Outcome.HELD
    assert credits(plain) == []


def test_a_changed_price_is_not_sold(plain: Studio, bank: Bank, vendor: Vendor) -> None:
    cheap = plain.catalogue.packages[1]._replace(cents=1)
    catalogue = plain.catalogue._replace(packages=(cheap,))
    with pytest.raises(PaymentError, match="price list"):
        buy(dataclasses.replace(plain, catalogue=catalogue))
    assert bank.sessions == {}


def test_a_refund_needs_the_payments_own_receipt(plain: Studio, bank: Bank, vendor: Vendor) -> None:
    mine, theirs = buy(plain), buy(plain)
    for row in (mine, theirs):
        bank.pay(session(row))
    reconciling.reconcile(plain)
    receipt = buying.purchase(plain, mine.id).receipt
    with plain.database.write():
        plain.database.run(
            "UPDATE token_purchases SET receipt = ? WHERE id = ?", (receipt, theirs.id)
        )
    with pytest.raises(PaymentError, match="another payment"):
        refunding.ask(plain, theirs.id)
    assert balance(plain) == 210
    assert bank.refunds == {}


@pytest.mark.parametrize("harm", ["body", "seal", "kind", "version", "workspace", "text", "fields"])
def test_a_statement_is_read_only_as_it_was_signed(harm: str) -> None:
    public = Shop(Counter(Bank()), (), SECRET).public_key
    body = {
        "kind": "checkout", "workspace": "w", "tokens": 5, "id": "cs", "mode": "test",
        "reference": "r", "state": "paid", "amount": 1, "currency": "usd", "payment_id": "pi",
        "url": "file:///x",
    }  # fmt: skip
    assert statements.checkout(statements.signed(body, SECRET), public, "w").url is None
    if harm in ("kind", "version"):
        body[harm] = "x"
    if harm == "fields":
        del body["tokens"]
    said = statements.signed(body, SECRET)
    first, _, seal = said.partition(".")
    if harm == "body":
        said = f"{first[:-2]}AA.{seal}"
    if harm == "seal":
        said = f"{first}.{seal[:-4]}AAAA"
    with pytest.raises(PaymentError, match="not signed"):
        statements.checkout(
            None if harm == "text" else said, public, "other" if harm == "workspace" else "w"
        )


@pytest.mark.parametrize(
    "text",
    ["", "test", "odd https://x KEY", "live http://x.example AAAA", "test https://x !!!",
     "test https://x AAAA", f"test https://me:word@x {base64.b64encode(bytes(32)).decode()}"],
)  # fmt: skip
def test_an_unreadable_relay_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="Nothing was changed"):
        contact(text)


def test_two_packages_of_one_price_are_not_sold(plain: Studio) -> None:
    first = plain.catalogue.packages[0]
    with pytest.raises(BadInput, match="same price"):
        Shop(Counter(Bank()), (first, first._replace(id="x")), SECRET)


def test_checking_and_silence(plain: Studio, vendor: Vendor) -> None:
    gateway = till.gateway(plain)
    assert "answers" in gateway.check()
    gateway.close()
    key = vendor.shop.public_key
    live = Relay(Contact(Mode.LIVE, vendor.address, key), "w")
    with pytest.raises(PaymentError, match="another mode"):
        live.check()
    live.close()
    nobody = Relay(Contact(Mode.TEST, "http://127.0.0.1:1", key), "w")
    with pytest.raises(PaymentError, match="could not be reached") as told:
        nobody.look("cs")
    assert told.value.again
    nobody.close()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", "/v1/nothing", None), ("POST", "/v1/purchases", {"reference": 5}),
     ("GET", "/v1/purchases/a%20b?workspace=w", None), ("GET", "/v1/purchases/cs_1", None)],
)  # fmt: skip
def test_odd_requests_are_refused(
    vendor: Vendor, method: str, path: str, body: dict[str, Any] | None
) -> None:
    import requests

    with requests.request(method, vendor.address + path, json=body, timeout=5) as answer:
        assert answer.status_code in (400, 404)
        assert json.loads(answer.text)["error"]


def test_a_relay_by_command(
    vendor: Vendor, tmp_path: Path, capsys: pytest.CaptureFixture[str], bank: Bank
) -> None:
    shell = Shell(tmp_path / "another", capsys.readouterr)
    assert shell.run("wallet", "relay", "live nowhere") == 2
    assert shell.json("wallet", "relay", vendor.text)["relay"] == vendor.text
    bought = shell.json("wallet", "buy", "starter", "--no-wait")
    bank.pay(bought["stripe_checkout_session_id"])
    assert shell.json("wallet", "reconcile")["completed"] == 1
    assert shell.json("wallet")["balance"] == 35
    assert shell.run("wallet", "relay", "--remove") == 0
    assert "No payment key" in shell.out
