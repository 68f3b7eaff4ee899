"""What is sent to Stripe is held to its own types, strictly: no unknown name, no wrong kind."""

import dataclasses
import json
from pathlib import Path
from typing import Any, NotRequired, get_args, get_origin

import pytest
import stripe
from stripe._request_options import RequestOptions

from stylestudio_desktop.domain.errors import Code, PaymentError
from stylestudio_desktop.payments import stripe_reading as reading
from stylestudio_desktop.payments.gateway import RefundOrder
from stylestudio_desktop.payments.stripe_direct import (
    StripeDirect,
    refund_parameters,
    session_parameters,
)
from stylestudio_desktop.payments.stripe_keys import mode_of
from stylestudio_desktop.services import buying
from stylestudio_desktop.services.studio import Studio
from tests.payments.bank import Bank
from tests.payments.counter import KEY, LIVE_KEY
from tests.payments.test_buying import buy

# Stripe's types mix the options of a call into its parameters; sent they would be an error.
_OPTIONS = RequestOptions.__annotations__


def complaints(value: Any, kind: Any, where: str, scope: dict[str, Any]) -> list[str]:
    """Return what in `value` is not as `kind` (a TypedDict, a list, a union…) wants it."""
    kind = _read(kind, scope)
    if hasattr(kind, "__required_keys__"):
        return _of_object(value, kind, where, scope)
    origin, options = get_origin(kind), get_args(kind)
    if origin is list:
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [said for one in value for said in complaints(one, options[0], where, scope)]
    if origin is dict:
        return [] if isinstance(value, dict) else [f"{where} is no mapping"]
    if options and all(isinstance(one, str) for one in options):
        return [] if value in options else [f"{where} is {value!r}"]
    if options:
        tried = [complaints(value, one, where, scope) for one in options]
        return min(tried, key=len)
    return [] if type(value) is kind else [f"{where} is no {kind}"]


def _of_object(value: Any, kind: Any, where: str, scope: dict[str, Any]) -> list[str]:
    hints = {
        name: _read(said, scope)
        for name, said in kind.__annotations__.items()
        if name not in _OPTIONS
    }
    if not isinstance(value, dict):
        return [f"{where} is no object"]
    found = [f"{where}.{name} is unknown" for name in value if name not in hints]
    for name, hint in hints.items():
        optional = get_origin(hint) is NotRequired
        if name not in value:
            found += [] if optional else [f"{where}.{name} is missing"]
            continue
        part = _read(get_args(hint)[0], scope) if optional else hint
        found += complaints(value[name], part, f"{where}.{name}", scope)
    return found


def _read(said: Any, scope: dict[str, Any]) -> Any:
    """Return an annotation that may be written as text, as types."""
    text = getattr(said, "__forward_arg__", said)
    return _read(eval(text, scope), scope) if isinstance(text, str) else said


def scope(module: Any) -> dict[str, Any]:
    return {**vars(stripe), **vars(module)}


def test_the_payment_page(studio: Studio) -> None:
    from stripe.params.checkout import _session_create_params as types

    row = buy(studio)
    sent = session_parameters(buying.order_of(row))
    names = scope(types)
    assert complaints(sent, types.SessionCreateParams, "session", names) == []
    bad = json.loads(json.dumps(sent))
    bad["line_items"][0]["price_data"]["unit_price"] = 1
    bad["expires_at"] = "soon"
    bad["ui"] = "hosted"
    found = complaints(bad, types.SessionCreateParams, "session", names)
    assert len(found) == 3, found


def test_the_refund() -> None:
    from stripe.params import _refund_create_params as types

    sent = refund_parameters(RefundOrder(5, "k", "pi_1", 100))
    assert complaints(sent, types.RefundCreateParams, "refund", scope(types)) == []
    bad = {**sent, "amount": "all", "intent": "x"}
    assert len(complaints(bad, types.RefundCreateParams, "refund", scope(types))) == 2


@pytest.mark.parametrize("module", ["_refund_list_params", "_dispute_list_params"])
def test_lists_of_a_payment(module: str) -> None:
    types = __import__(f"stripe.params.{module}", fromlist=["x"])
    (kind,) = [one for name, one in vars(types).items() if name.endswith("ListParams")]
    sent = {"payment_intent": "pi_1", "limit": 100, "starting_after": "re_1"}
    assert complaints(sent, kind, "list", scope(types)) == []


def test_events_and_pages(studio: Studio, bank: Bank) -> None:
    from stripe.params import _event_list_params as events
    from stripe.params.checkout import _session_list_params as pages

    from stylestudio_desktop.services import reconciling

    bank.faults = ["down_before"]
    with pytest.raises(PaymentError):
        buy(studio)
    bank.now += 3000
    reconciling.reconcile(studio)
    asked = {verb: given["params"] for verb, given in bank.asked if verb.startswith("list_")}
    assert complaints(asked["list_events"], events.EventListParams, "events", scope(events)) == []
    found = complaints(asked["list_sessions"], pages.SessionListParams, "pages", scope(pages))
    assert found == []


@pytest.mark.parametrize(
    "key",
    ["", "sk_live_x", "sk_test_x", "pk_live_x", "rk_test_", "rk_live_ü", "rk_test_a b", "x" * 300],
)
def test_keys_that_are_not_taken(key: str) -> None:
    with pytest.raises(PaymentError, match="Nothing was changed") as told:
        mode_of(key)
    assert told.value.code is Code.PAYMENT_KEY
    assert not key or key not in told.value.sentence.replace("rk_test_ or", "")


def test_a_live_key_goes_to_no_stand_in() -> None:
    for key, address in ((LIVE_KEY, "http://127.0.0.1:9"), (KEY, "http://example.org:80")):
        with pytest.raises(PaymentError, match="stand-in"):
            StripeDirect(key, address)
    assert repr(StripeDirect(KEY)) == "StripeDirect(test)"


GOOD = {
    "id": "cs_1", "livemode": False, "client_reference_id": "r", "status": "open",
    "payment_status": "unpaid", "amount_total": 5, "currency": "usd",
    "url": "https://checkout.stripe.com/c/pay/cs_1", "payment_intent": None,
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"id": None}, {"id": ""}, {"id": "x" * 400}, {"id": "a\nb"}, {"livemode": None},
        {"livemode": "yes"}, {"status": "odd"}, {"amount_total": "5"}, {"amount_total": -1},
        {"amount_total": True}, {"currency": 3},
        {"status": "complete", "payment_status": "paid", "payment_intent": None},
    ],
    ids=str,
)  # fmt: skip
def test_odd_answers_are_refused(change: dict[str, Any]) -> None:
    assert reading.checkout(GOOD).url == GOOD["url"]
    with pytest.raises(PaymentError, match="does not understand") as told:
        reading.checkout({**GOOD, **change})
    assert told.value.again


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:x", "http://evil.example/", 5])
def test_no_other_page_is_opened(url: object) -> None:
    assert reading.checkout({**GOOD, "url": url}).url is None


def test_stripe_is_loaded_with_the_first_call_only(tmp_path: Path) -> None:
    import subprocess
    import sys

    script = (
        "import sys\nfrom stylestudio_desktop.services import buying, reconciling, refunding\n"
        "from stylestudio_desktop.payments.stripe_direct import StripeDirect\n"
        "from stylestudio_desktop.ui import session\n"
        "from stylestudio_desktop.ui.wallet import pane\n"
        "from stylestudio_desktop.ui.settings import pane\n"
        "from stylestudio_desktop.cli import paying, people\n"
        f"StripeDirect({KEY!r})\n"
        "late = {'stripe', 'fpdf', 'cryptography', 'authlib', 'joserfc', 'argon2', 'requests'}\n"
        "assert not late & set(sys.modules), late & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_orders_are_kept_word_for_word(studio: Studio) -> None:
    row = buy(studio)
    order = buying.order_of(row)
    assert json.loads(row.request or "") == dataclasses.asdict(order)
