"""Statements that a relay signs: what they say, in which bytes, and how they are checked offline.

The protocol is written down in docs/relay.md. Ed25519 as in RFC 8032; the signature is over the
very bytes that are read, so there is no canonical form to get wrong.
"""

import base64
import binascii
import json
from typing import Any

from stylestudio_desktop.domain.errors import PaymentError
from stylestudio_desktop.domain.purchase import Mode, RefundKind, RefundStatus
from stylestudio_desktop.payments.gateway import Checkout, CheckoutState, RefundFact

VERSION = 1
_LONGEST = 20_000


def signed(body: dict[str, Any], private_key: bytes) -> str:
    """Return a statement as text: the body's bytes and their signature, in URL-safe base64."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    said = json.dumps({"version": VERSION, **body}, sort_keys=True).encode()
    seal = Ed25519PrivateKey.from_private_bytes(private_key).sign(said)
    return f"{_encoded(said)}.{_encoded(seal)}"


def read(statement: object, public_key: bytes, kind: str) -> dict[str, Any]:
    """Return the body of a statement of `kind` that this key has signed. Raises PaymentError."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if not isinstance(statement, str) or len(statement) > _LONGEST:
        raise _forged()
    said, _, seal = statement.partition(".")
    try:
        content = _decoded(said)
        Ed25519PublicKey.from_public_bytes(public_key).verify(_decoded(seal), content)
        body = json.loads(content)
    except (InvalidSignature, binascii.Error, ValueError, RecursionError) as error:
        raise _forged() from error
    fits = isinstance(body, dict) and body.get("version") == VERSION and body.get("kind") == kind
    if not fits:
        raise _forged()
    return dict(body)


def checkout(statement: object, public_key: bytes, workspace: str) -> Checkout:
    """Return the payment page that a statement is about; a paid one is the receipt itself."""
    body = read(statement, public_key, "checkout")
    if body.get("workspace") != workspace:
        raise _forged()
    try:
        state = CheckoutState(body["state"])
        return Checkout(
            id=str(body["id"]),
            mode=Mode(body["mode"]),
            reference=str(body["reference"]),
            state=state,
            amount=int(body["amount"]),
            currency=str(body["currency"]),
            url=_address(body.get("url")),
            payment_id=_text(body.get("payment_id")),
            method=_text(body.get("method")),
            reason=_text(body.get("reason")),
            receipt=str(statement) if state is CheckoutState.PAID else None,
            tokens=int(body["tokens"]),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise _forged() from error


def checkout_body(seen: Checkout, workspace: str, tokens: int) -> dict[str, Any]:
    """Return what a relay signs about a payment page."""
    return {
        "kind": "checkout", "workspace": workspace, "tokens": tokens, "id": seen.id,
        "mode": seen.mode.value, "reference": seen.reference, "state": seen.state.value,
        "amount": seen.amount, "currency": seen.currency, "url": seen.url,
        "payment_id": seen.payment_id, "method": seen.method, "reason": seen.reason,
    }  # fmt: skip


def refund(statement: object, public_key: bytes) -> RefundFact:
    """Return the refund that a statement is about."""
    body = read(statement, public_key, "refund")
    try:
        asked = body.get("asked_id")
        return RefundFact(
            id=str(body["id"]),
            mode=Mode(body["mode"]),
            kind=RefundKind(body["what"]),
            status=RefundStatus(body["status"]),
            payment_id=str(body["payment_id"]),
            amount=int(body["amount"]),
            currency=str(body["currency"]),
            reason=_text(body.get("reason")),
            asked_id=None if asked is None else int(asked),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise _forged() from error


def refund_body(fact: RefundFact) -> dict[str, Any]:
    """Return what a relay signs about a refund or dispute."""
    return {
        "kind": "refund", "what": fact.kind.value, "id": fact.id, "mode": fact.mode.value,
        "status": fact.status.value, "payment_id": fact.payment_id, "amount": fact.amount,
        "currency": fact.currency, "reason": fact.reason,
        "asked_id": None if fact.asked_id is None else str(fact.asked_id),
    }  # fmt: skip


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _text(value: object) -> str | None:
    return value[:255] if isinstance(value, str) and value else None


def _address(value: object) -> str | None:
    fits = isinstance(value, str) and value.startswith(("https://", "http://127.0.0.1:"))
    return str(value) if fits and len(str(value)) < 4000 and str(value).isprintable() else None


def _forged() -> PaymentError:
    return PaymentError(
        "What the payment relay said is not signed by its key, or is not for this workspace. "
        "Nothing was changed and no tokens were credited. Check the relay's address and key."
    )
