"""Puts the program's own Stripe adapter before a Bank, without a network between them."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import stripe

from stylestudio_desktop.payments.stripe_direct import StripeDirect
from stylestudio_desktop.services.studio import Studio
from tests.payments.bank import Bank, Refused, Told

KEY = "rk_test_0123456789abcdef"
LIVE_KEY = "rk_live_0123456789abcdef"


class _Answer:
    def __init__(self, told: Told) -> None:
        self._told = told

    def to_dict(self) -> Told:
        return self._told


def _api(bank: Bank) -> Any:
    """Return what `StripeClient.v1` is to the adapter."""

    def ask(verb: str, **given: Any) -> _Answer:
        try:
            return _Answer(bank.ask(verb, **given))
        except ConnectionError as error:
            raise stripe.APIConnectionError(str(error)) from error
        except Refused as error:
            raise _error(error) from error

    def keyed(verb: str) -> Callable[..., _Answer]:
        return lambda params, options=None: ask(
            verb, params=params, key=(options or {}).get("idempotency_key")
        )

    def listed(verb: str) -> Callable[..., _Answer]:
        return lambda params=None: ask(verb, params=params or {})

    sessions = SimpleNamespace(
        create=keyed("create_session"),
        retrieve=lambda id: ask("retrieve_session", id=id),
        expire=lambda id: ask("expire_session", id=id),
        list=listed("list_sessions"),
    )
    return SimpleNamespace(
        checkout=SimpleNamespace(sessions=sessions),
        payment_intents=SimpleNamespace(retrieve=lambda id: ask("retrieve_intent", id=id)),
        refunds=SimpleNamespace(create=keyed("create_refund"), list=listed("list_refunds")),
        disputes=SimpleNamespace(list=listed("list_disputes")),
        events=SimpleNamespace(list=listed("list_events")),
    )


def _error(error: Refused) -> stripe.StripeError:
    kinds = {401: stripe.AuthenticationError, 403: stripe.PermissionError}
    if error.status in kinds:
        return kinds[error.status](error.message, http_status=error.status)
    if error.kind == "idempotency_error":
        return stripe.IdempotencyError(error.message, http_status=400)
    if error.status >= 500:
        return stripe.APIError(error.message, http_status=error.status)
    return stripe.InvalidRequestError(error.message, None, http_status=error.status)


class Counter(StripeDirect):
    """The adapter, asking a bank in this very process."""

    def __init__(self, bank: Bank) -> None:
        super().__init__(LIVE_KEY if bank.live else KEY)
        self._bank = bank

    def _client(self) -> Any:
        return SimpleNamespace(v1=_api(self._bank))


def at(bank: Bank) -> Callable[[Studio], Counter]:
    """Return what a studio's `gateways` is to be."""
    return lambda _studio: Counter(bank)
