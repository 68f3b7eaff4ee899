"""Judges a Stripe key before it is kept or used: restricted ones only, and which mode it is of."""

from stylestudio_desktop.domain.errors import Code, PaymentError
from stylestudio_desktop.domain.purchase import Mode

PERMISSIONS = (
    ("Checkout Sessions", "Write"),
    ("PaymentIntents", "Read"),
    ("Charges and Refunds", "Read, or Write where refunds are given from this program"),
    ("Disputes", "Read"),
    ("Events", "Read"),
)
"""Rows of the Dashboard's page for restricted keys and what each needs; everything else: None."""

_LONGEST = 255


def permissions() -> str:
    """Return the permissions to give, as one line of words."""
    return "; ".join(f"{name}: {right}" for name, right in PERMISSIONS)


def mode_of(key: str) -> Mode:
    """Return the mode of a restricted key. Raises PaymentError for any other text.

    Restricted keys begin with rk_test_ or rk_live_
    (docs.stripe.com/keys/restricted-api-keys); the sentence never repeats the key.
    """
    key = key.strip()
    if key.startswith("sk_"):
        raise PaymentError(
            "This is a secret key: whoever has it can do everything with your Stripe account, so "
            "this program does not keep one. Nothing was changed. Make a restricted key in the "
            f"Stripe Dashboard (Developers, API keys) with these permissions – {permissions()}; "
            "everything else: None.",
            code=Code.PAYMENT_KEY,
        )
    if key.startswith("pk_"):
        raise _unfit("This is a publishable key, which can't make payment pages.")
    for prefix, mode in (("rk_test_", Mode.TEST), ("rk_live_", Mode.LIVE)):
        rest = key.removeprefix(prefix)
        if rest != key and rest.isascii() and rest.isalnum() and len(key) <= _LONGEST:
            return mode
    raise _unfit("This is no restricted Stripe key: those begin with rk_test_ or rk_live_.")


def _unfit(why: str) -> PaymentError:
    return PaymentError(
        f"{why} Nothing was changed. Make a restricted key in the Stripe Dashboard (Developers, "
        f"API keys) with these permissions – {permissions()}; everything else: None.",
        code=Code.PAYMENT_KEY,
    )
