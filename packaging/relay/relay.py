"""A small HTTP service that holds a vendor's Stripe key and answers with signed statements.

    STRIPE_API_KEY=rk_live_… RELAY_SIGNING_KEY=base64 python -m relay.relay --port 8787

It keeps nothing of its own: what was paid is asked of Stripe each time. It sells what its own
catalogue lists, whatever the client asks for. Put it behind a proxy that speaks TLS; it listens
on 127.0.0.1 alone. The protocol is in docs/relay.md.
"""

import argparse
import base64
import json
import os
import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from stylestudio_desktop.config.catalogue import load_catalogue
from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.domain.catalog import Package
from stylestudio_desktop.domain.errors import BadInput, PaymentError
from stylestudio_desktop.payments import statements
from stylestudio_desktop.payments.gateway import Checkout, Gateway, Order, RefundOrder
from stylestudio_desktop.payments.stripe_direct import StripeDirect

_LARGEST = 100_000
_WORD = re.compile(r"[A-Za-z0-9_./-]{1,200}")
Told = dict[str, Any]


class Shop:
    """What the relay does, free of HTTP: a price list, a gateway, and a pen."""

    def __init__(self, gateway: Gateway, packages: tuple[Package, ...], key: bytes) -> None:
        """Sell `packages` through `gateway`, signing with the Ed25519 private `key`."""
        self._gateway = gateway
        self._key = key
        self._packages = packages
        self._by_price = {(one.cents, one.currency.lower()): one.tokens for one in packages}
        if len(self._by_price) != len(packages):
            raise BadInput("Two packages have the same price; what was bought could not be told.")

    def hello(self) -> Told:
        """Say which mode this relay is of."""
        return self._signed({"kind": "hello", "mode": self._gateway.mode.value})

    def begin(self, asked: Told) -> Told:
        """Make a payment page for something that is on the price list."""
        order = Order(**{name: asked[name] for name in Order.__dataclass_fields__})
        for word in (order.reference, order.key, order.workspace, order.package):
            _word(word)
        wanted = (order.package, order.tokens, order.amount, order.currency)
        sold = [(one.id, one.tokens, one.cents, one.currency.lower()) for one in self._packages]
        if wanted not in sold:
            raise BadInput("this is not on the price list")
        return self._about(self._gateway.begin(order), order.workspace)

    def look(self, checkout_id: str, workspace: str) -> Told:
        """Tell how a payment page stands."""
        return self._about(self._gateway.look(_word(checkout_id)), workspace)

    def find(self, asked: Told) -> Told:
        """Look for a page by its reference."""
        found = self._gateway.find(
            _word(asked["reference"]), int(asked["since"]), int(asked["until"])
        )
        return {"statement": None} if found is None else self._about(found, asked["workspace"])

    def expire(self, checkout_id: str, workspace: str) -> Told:
        """Close a payment page."""
        return self._about(self._gateway.expire(_word(checkout_id)), workspace)

    def refund(self, asked: Told) -> Told:
        """Give money back to whoever shows our receipt for that payment."""
        body = statements.read(asked.get("receipt"), self.public_key, "checkout")
        if body.get("payment_id") != asked["payment_id"]:
            raise BadInput("the receipt is for another payment")
        order = RefundOrder(
            int(asked["asked_id"]), _word(asked["key"]), _word(asked["payment_id"]),
            int(asked["amount"]),
        )  # fmt: skip
        return self._signed(statements.refund_body(self._gateway.refund(order)))

    def refunds_of(self, payment_id: str) -> Told:
        """Tell all refunds and disputes of a payment."""
        found = self._gateway.refunds_of(_word(payment_id))
        return {
            "statements": [
                statements.signed(statements.refund_body(one), self._key) for one in found
            ]
        }

    @property
    def public_key(self) -> bytes:
        """The key by which everybody can check what this relay says."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._key).public_key().public_bytes_raw()

    def _about(self, seen: Checkout, workspace: str) -> Told:
        tokens = self._by_price.get((seen.amount, seen.currency))
        if tokens is None:
            raise BadInput("this payment is for nothing on the price list")
        return self._signed(statements.checkout_body(seen, _word(workspace), tokens))

    def _signed(self, body: Told) -> Told:
        return {"statement": statements.signed(body, self._key)}


def serve(shop: Shop, port: int) -> ThreadingHTTPServer:
    """Return a server on 127.0.0.1 that is ready for `serve_forever`."""

    class Handler(BaseHTTPRequestHandler):
        """Reads a request, asks the shop, writes JSON."""

        timeout = 30

        def do_GET(self) -> None:
            """Answer questions."""
            self._answer({})

        def do_POST(self) -> None:
            """Answer wishes."""
            length = min(int(self.headers.get("Content-Length") or 0), _LARGEST)
            self._answer(json.loads(self.rfile.read(length) or b"{}"))

        def _answer(self, body: Told) -> None:
            parts = urlsplit(self.path)
            asked = {**{name: found[0] for name, found in parse_qs(parts.query).items()}, **body}
            status, told = _carried_out(shop, self.command, parts.path, asked)
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Keep payments out of logs; the proxy in front logs what it likes."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


_ROUTES: tuple[tuple[str, str, Callable[..., Told]], ...] = (
    ("GET", r"/v1/hello", lambda shop, asked: shop.hello()),
    ("POST", r"/v1/purchases", lambda shop, asked: shop.begin(asked)),
    ("GET", r"/v1/purchases", lambda shop, asked: shop.find(asked)),
    ("GET", r"/v1/purchases/([^/]+)", lambda shop, asked, id: shop.look(id, asked["workspace"])),
    ("POST", r"/v1/purchases/([^/]+)/expire",
     lambda shop, asked, id: shop.expire(id, asked["workspace"])),
    ("POST", r"/v1/refunds", lambda shop, asked: shop.refund(asked)),
    ("GET", r"/v1/payments/([^/]+)/refunds", lambda shop, asked, id: shop.refunds_of(id)),
)  # fmt: skip


def _carried_out(shop: Shop, method: str, path: str, asked: Told) -> tuple[int, Told]:
    for wanted, pattern, deed in _ROUTES:
        match = re.fullmatch(pattern, path)
        if match and wanted == method:
            try:
                return 200, deed(shop, asked, *map(unquote, match.groups()))
            except PaymentError as error:
                return (503 if error.again else 400), {"error": error.sentence}
            except BadInput as error:
                return 400, {"error": error.sentence}
            except (KeyError, ValueError, TypeError):
                return 400, {"error": "the request is not as docs/relay.md says"}
    return 404, {"error": "there is nothing here"}


def _word(text: object) -> str:
    if not isinstance(text, str) or not _WORD.fullmatch(text):
        raise ValueError("not a word")
    return text


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8787)
    parser.add_argument("--catalogue", type=Path)
    given = parser.parse_args()
    catalogue = load_catalogue(given.catalogue or resources() / "catalogue" / "catalogue.json")
    gateway = StripeDirect(os.environ["STRIPE_API_KEY"])
    key = base64.b64decode(os.environ["RELAY_SIGNING_KEY"], validate=True)
    shop = Shop(gateway, catalogue.packages, key)
    print(f"Public key: {base64.b64encode(shop.public_key).decode()}", flush=True)
    serve(shop, given.port).serve_forever()


if __name__ == "__main__":
    main()
