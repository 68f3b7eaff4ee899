"""Turns Stripe's errors into sentences: what happened, what is safe, what to do next."""

import re
from typing import Any

from stylestudio_desktop.domain.errors import Code, PaymentError
from stylestudio_desktop.payments.stripe_keys import permissions

_SECRET = re.compile(r"\b(?:sk|rk|pk|whsec)_[A-Za-z0-9_*]+")
# Stripe's own words: “Having the 'rak_checkout_session_write' permission would allow this
# request to continue.” (docs.stripe.com/keys/restricted-api-keys)
_RIGHT = re.compile(r"rak_[a-z_]+?_(?:read|write)")
_SAFE = "Nothing was charged twice and no tokens were lost."


def explained(error: Any, doing: str) -> PaymentError:
    """Return `error` (a stripe.StripeError) as the house tells it; `doing` completes “to …”."""
    status = error.http_status
    said = _SECRET.sub("…", str(error.user_message or ""))[:200]
    if status is None or type(error).__name__ == "APIConnectionError":
        return PaymentError(
            f"Stripe could not be reached to {doing}. {_SAFE} It is tried again by itself; check "
            "the network if this stays so.",
            code=Code.NO_NETWORK,
            again=True,
        )
    if status == 401:
        return PaymentError(
            "Stripe does not accept the payment key (any more). Nothing was changed. Make a new "
            "restricted key in the Stripe Dashboard and enter it in Settings.",
            code=Code.PAYMENT_KEY,
        )
    if status == 403:
        return _forbidden(said, doing)
    if status == 409 or status == 429 or status >= 500:
        return PaymentError(
            f"Stripe is busy or out of order just now, and could not {doing}. {_SAFE} It is tried "
            "again by itself.",
            again=True,
        )
    return PaymentError(
        f"Stripe refused to {doing}: {said or 'it gave no reason'}. {_SAFE}",
    )


def _forbidden(said: str, doing: str) -> PaymentError:
    missing = sorted(set(_RIGHT.findall(said)))
    named = f" It lacks the permission {' and '.join(missing)}." if missing else f" Stripe: {said}."
    return PaymentError(
        f"The payment key may not {doing}.{named} Nothing was changed. Give the key these "
        f"permissions in the Stripe Dashboard – {permissions()}.",
        code=Code.PAYMENT_KEY,
    )
