"""A vendor's relay: it holds the Stripe key, and what it says is signed and checked offline.

The protocol is written down in docs/relay.md; a reference relay is in packaging/relay/.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from stylestudio_desktop.domain.errors import BadInput, Code, PaymentError
from stylestudio_desktop.domain.purchase import Mode
from stylestudio_desktop.payments import statements
from stylestudio_desktop.payments.gateway import Checkout, News, Order, RefundFact, RefundOrder

NAME = "relay"
_TIMEOUT_S = (5.0, 20.0)
_LARGEST = 1_000_000
_DAY_S = 86_400
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a relay is, what it signs with, and whether money moves there."""

    mode: Mode
    address: str
    public_key: bytes


def contact(text: str) -> Contact:
    """Read “MODE ADDRESS PUBLIC_KEY” as it stands in the settings. Raises BadInput."""
    try:
        mode, address, key = text.split()
        found = Contact(Mode(mode), address.rstrip("/"), base64.b64decode(key, validate=True))
        named = urlsplit(address).username is not None  # a password does not belong in settings
    except (ValueError, binascii.Error) as error:
        raise _unreadable() from error
    safe = found.address.startswith(("https://", "http://127.0.0.1:"))
    if named or not safe or len(found.public_key) != _KEY_BYTES:
        raise _unreadable()
    return found


class Relay:
    """A Gateway through a relay."""

    def __init__(self, where: Contact, workspace: str) -> None:
        """Ask the relay at `where` on behalf of `workspace`."""
        self._where = where
        self._workspace = workspace
        self._session: Any = None

    @property
    def name(self) -> str:
        """Return “relay”."""
        return NAME

    @property
    def mode(self) -> Mode:
        """Return what the settings say."""
        return self._where.mode

    @property
    def horizon_s(self) -> int:
        """A relay tells nobody about others' payments, so ours are listed once a day."""
        return _DAY_S

    def check(self) -> str:
        """Ask for a signed greeting."""
        said = self._asked("GET", "/v1/hello", "greet")
        body = statements.read(said.get("statement"), self._where.public_key, "hello")
        if body.get("mode") != self.mode.value:
            raise PaymentError(
                "The relay makes payments of another mode. Nothing was changed.",
                code=Code.PAYMENT_KEY,
            )
        return "The payment relay answers, and its key fits."

    def begin(self, order: Order) -> Checkout:
        """Ask for a payment page."""
        said = self._asked("POST", "/v1/purchases", "make a payment page", asdict(order))
        return self._checkout(said)

    def look(self, checkout_id: str) -> Checkout:
        """Ask how a payment page stands."""
        path = f"/v1/purchases/{quote(checkout_id, safe='')}?workspace={self._workspace}"
        return self._checkout(self._asked("GET", path, "look at a payment page"))

    def find(self, reference: str, since: int, until: int) -> Checkout | None:
        """Ask for the page with our reference."""
        path = (
            f"/v1/purchases?reference={quote(reference, safe='')}&since={since}&until={until}"
            f"&workspace={self._workspace}"
        )
        said = self._asked("GET", path, "find a payment page")
        return None if said.get("statement") is None else self._checkout(said)

    def expire(self, checkout_id: str) -> Checkout:
        """Ask to close a payment page."""
        path = f"/v1/purchases/{quote(checkout_id, safe='')}/expire"
        asked = {"workspace": self._workspace}
        return self._checkout(self._asked("POST", path, "close a payment page", asked))

    def refund(self, order: RefundOrder) -> RefundFact:
        """Ask for money back; the receipt shows that it is ours to ask for."""
        said = self._asked("POST", "/v1/refunds", "give money back", asdict(order))
        return statements.refund(said.get("statement"), self._where.public_key)

    def refunds_of(self, payment_id: str) -> list[RefundFact]:
        """Ask for all refunds and disputes of a payment."""
        path = f"/v1/payments/{quote(payment_id, safe='')}/refunds"
        found = self._asked("GET", path, "look at refunds").get("statements")
        if not isinstance(found, list):
            raise _odd()
        return [statements.refund(one, self._where.public_key) for one in found]

    def news(self, since: int) -> Iterator[News]:
        """A relay has no news; see `horizon_s`."""
        yield from ()

    def close(self) -> None:
        """Close the connections."""
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _checkout(self, said: dict[str, Any]) -> Checkout:
        found = statements.checkout(said.get("statement"), self._where.public_key, self._workspace)
        if found.mode is not self.mode:
            raise _odd()
        return found

    def _asked(
        self, method: str, path: str, doing: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        import requests

        if self._session is None:
            self._session = requests.Session()
        try:
            with self._session.request(
                method, f"{self._where.address}{path}", json=body, timeout=_TIMEOUT_S,
                allow_redirects=False, stream=True,
            ) as answer:  # fmt: skip
                content = answer.raw.read(_LARGEST, decode_content=True)
                status = answer.status_code
        except (requests.RequestException, OSError) as error:
            raise PaymentError(
                f"The payment relay could not be reached to {doing}. Nothing was charged twice "
                "and no tokens were lost. It is tried again by itself.",
                code=Code.NO_NETWORK,
                again=True,
            ) from error
        return _judged(status, content, doing)


def _judged(status: int, content: bytes, doing: str) -> dict[str, Any]:
    import json

    if status == 429 or status >= 500:
        raise PaymentError(
            f"The payment relay is busy and could not {doing}. It is tried again by itself.",
            again=True,
        )
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _odd() from error
    if not isinstance(told, dict):
        raise _odd()
    if status != 200:
        said = str(told.get("error") or "it gave no reason")[:200]
        raise PaymentError(f"The payment relay refused to {doing}: {said}.")
    return told


def _odd() -> PaymentError:
    return PaymentError(
        "The payment relay answered with something that this program does not understand. Nothing "
        "was changed; it is asked again later.",
        again=True,
    )


def _unreadable() -> BadInput:
    return BadInput(
        "A relay is given as “MODE ADDRESS KEY”: test or live, an https address without a name "
        "or password in it, and its public key of 32 bytes in base64. Nothing was changed."
    )
