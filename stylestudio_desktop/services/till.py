"""Gives a workspace its payment gateway: the key from the keyring, the mode it keeps to."""

import json
import os
import secrets as chance
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stylestudio_desktop.config import workspaces
from stylestudio_desktop.domain.errors import Code, PaymentError
from stylestudio_desktop.domain.purchase import Mode
from stylestudio_desktop.payments.stripe_keys import mode_of
from stylestudio_desktop.services import ledger_proof
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import purchases

if TYPE_CHECKING:
    from stylestudio_desktop.payments.gateway import Gateway
    from stylestudio_desktop.vault.secrets import Source

WORKSPACE = "payments.workspace"
STAND_IN = "STYLESTUDIO_STRIPE_API"
"""The address of a stand-in for Stripe on this computer; only test keys go there."""
PLAIN = "payment:stripe"
"""The name under which a key may also come from the environment."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether tokens can be bought here, in words; `key` ends as the key does."""

    ready: bool
    mode: Mode | None
    key: str
    sentence: str


def workspace_id(studio: Studio) -> str:
    """Return the workspace's own name towards the outside, made at first use."""
    found = purchases.remark(studio.database, WORKSPACE)
    if found is not None:
        return found
    with studio.database.write():
        found = purchases.remark(studio.database, WORKSPACE)
        if found is None:
            found = chance.token_hex(8)
            purchases.note(studio.database, WORKSPACE, found)
    return found


def secret_name(studio: Studio) -> str:
    """Return the keyring's name for this workspace's payment key."""
    return f"{PLAIN}:{workspace_id(studio)}"


def has_key(studio: Studio) -> bool:
    """Say whether there is a payment key; may ask the keyring."""
    return _key(studio) is not None


def keep_key(studio: Studio, key: str) -> "Source":
    """Keep a restricted key in the keyring, for this workspace alone. Raises PaymentError."""
    _agree(studio, mode_of(key))
    return studio.secrets.set(secret_name(studio), key)


def forget_key(studio: Studio) -> bool:
    """Forget the workspace's key; False means that the keyring is locked and may hold it."""
    return studio.secrets.delete(secret_name(studio))


def standing(studio: Studio) -> Standing:
    """Say whether tokens can be bought here; asks the keyring, not the network."""
    relay = studio.settings.value.payment_relay
    if relay:
        from stylestudio_desktop.payments.relay import contact

        where = contact(relay)
        return Standing(True, where.mode, "", f"Tokens are bought through {where.address}.")
    key = _key(studio)
    if key is None:
        return Standing(False, None, "", _NO_KEY)
    try:
        mode = mode_of(key)
        _agree(studio, mode)
    except PaymentError as error:
        return Standing(False, None, "", error.sentence)
    kept = studio.secrets.ending(secret_name(studio)) or studio.secrets.ending(PLAIN)
    words = (
        "Payments are a test: no money moves, and the tokens belong to this test workspace."
        if mode is Mode.TEST
        else "Payments are real."
    )
    return Standing(True, mode, kept, words)


def gateway(studio: Studio) -> "Gateway":
    """Return the gateway of this workspace; the caller closes it.

    Whatever is booked with it carries the ledger's seal: the chain is begun by now. Raises
    PaymentError when there is no key, a wrong one, or no network is wanted.
    """
    if studio.settings.value.no_network:
        raise PaymentError(
            "The network is switched off in the settings, so no payment can be looked at. Nothing "
            "was changed. Switch it on to buy tokens.",
            code=Code.NO_NETWORK,
        )
    if studio.gateways is not None:
        made = studio.gateways(studio)
    else:
        made = _relay(studio) or _stripe(studio)
    _agree(studio, made.mode)
    ledger_proof.prepare(studio)
    return made


def cursor(studio: Studio, mode: Mode) -> int | None:
    """Return up to which moment (UTC seconds) the gateway's news were heard, None for never."""
    kept = purchases.remark(studio.database, f"payments.heard.{mode.value}")
    return None if kept is None else int(json.loads(kept))


def heard(studio: Studio, mode: Mode, moment: int) -> None:
    """Remember that the gateway's news up to `moment` (UTC seconds) were heard."""
    with studio.database.write():
        purchases.note(studio.database, f"payments.heard.{mode.value}", str(moment))


_NO_KEY = (
    "No payment key is set, so tokens can't be bought yet. Enter a restricted Stripe key in "
    "Settings, or with “stylestudio wallet key”."
)


def use_relay(studio: Studio, text: str) -> None:
    """Buy through a relay from now on; an empty text goes back to the key. Raises BadInput."""
    if text:
        from stylestudio_desktop.payments.relay import contact

        _agree(studio, contact(text).mode)
    studio.settings.change(payment_relay=text.strip())


def _relay(studio: Studio) -> "Gateway | None":
    text = studio.settings.value.payment_relay
    if not text:
        return None
    from stylestudio_desktop.payments.relay import Relay, contact

    return Relay(contact(text), workspace_id(studio))


def _stripe(studio: Studio) -> "Gateway":
    from stylestudio_desktop.payments.stripe_direct import StripeDirect

    key = _key(studio)
    if key is None:
        raise PaymentError(_NO_KEY, code=Code.PAYMENT_KEY)
    return StripeDirect(key, os.environ.get(STAND_IN) or None)


def _key(studio: Studio) -> str | None:
    return studio.secrets.get(secret_name(studio)) or studio.secrets.get(PLAIN)


def _agree(studio: Studio, mode: Mode) -> None:
    """A workspace keeps to the mode of its first purchase: test tokens are no real ones.

    One that is for trials never has a live one.
    """
    own = workspaces.character(studio.workspace)
    if mode is Mode.LIVE and own.for_trials:
        raise PaymentError(
            f"“{own.name}” is a {own.kind} workspace, so a live key is refused here: no real money "
            "may move in it. Nothing was changed. Use a test key, or switch to your production "
            "workspace (“stylestudio workspace list”).",
            code=Code.PAYMENT_KEY,
        )
    kept = purchases.mode(studio.database)
    if kept is None or kept == mode.value:
        return
    was, wanted = ("test", "live") if mode is Mode.LIVE else ("live", "test")
    raise PaymentError(
        f"This workspace holds {was} purchases, so a {wanted} key is not used with it. Nothing was "
        f"changed. Use a {was} key here, or a workspace of its own for {wanted} payments.",
        code=Code.PAYMENT_KEY,
    )
