"""The wallet: what is there, what is held, what it buys, and every movement."""

from collections.abc import Sequence
from dataclasses import dataclass

from stylestudio_desktop.domain.catalog import Package
from stylestudio_desktop.domain.filters import DEFAULT_LIMIT
from stylestudio_desktop.domain.generation import OPEN, Status
from stylestudio_desktop.domain.purchase import Refund, RefundStatus
from stylestudio_desktop.domain.records import Page, Purchase, TokenEntry, User
from stylestudio_desktop.domain.seal import State
from stylestudio_desktop.services import accounts, ledger_proof
from stylestudio_desktop.services.paging import checked_limit, cursor, paged
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import counts, entries, purchases, refunds


@dataclass(frozen=True, slots=True)
class Wallet:
    """A person's tokens: `held` ones are set aside for generations that wait or run.

    `debt` was refunded after it was spent; the next purchase pays it first.
    """

    user: User
    held: int
    packages: tuple[Package, ...]
    low: bool
    debt: int = 0


@dataclass(frozen=True, slots=True)
class Books:
    """A person's purchases in tokens: paid − refunded = credited − clawed back − owed."""

    paid: int
    refunded: int
    credited: int
    clawed_back: int
    owed: int

    @property
    def closed(self) -> bool:
        """Whether both sides are equal."""
        return self.paid - self.refunded == self.credited - self.clawed_back - self.owed


def summary(studio: Studio) -> Wallet:
    """Return the wallet as it stands."""
    user = accounts.current_user(studio)
    held = sum(
        one.total
        for one in counts.generations(studio.database, studio.user_id)
        if Status(one.key) in OPEN
    )
    owed = refunds.debt(studio.database, studio.user_id)
    low = accounts.is_low(studio, user)
    return Wallet(user, held, studio.catalogue.packages, low, owed)


def told(studio: Studio) -> int | None:
    """Return the balance of the person at the desk, None while the ledger is found broken."""
    if ledger_proof.standing(studio).state is State.BROKEN:
        return None
    return accounts.current_user(studio).token_balance


def books(studio: Studio) -> Books:
    """Add up the purchases of the person at the desk on both sides."""
    return Books(*refunds.books(studio.database, studio.user_id))


def movements(
    studio: Studio, after: str | None = None, limit: int = DEFAULT_LIMIT
) -> Page[TokenEntry]:
    """Return a page of the ledger, newest first, each with the balance after it."""
    limit = checked_limit(limit)
    found = entries.page(studio.database, studio.user_id, cursor(after), limit + 1)
    return paged(found, limit, lambda entry: entry.id)


def given_back(studio: Studio, found: Sequence[Purchase]) -> dict[int, list[Refund]]:
    """Return the refunds and disputes of a page of purchases, by purchase; reversed ones not."""
    made: dict[int, list[Refund]] = {}
    ids = [one.id for one in found]
    for refund in sorted(refunds.of_purchases(studio.database, ids)) if ids else ():
        if refund.status != RefundStatus.REVERSED.value:
            made.setdefault(refund.purchase_id, []).append(refund)
    return made


def bought(studio: Studio, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[Purchase]:
    """Return a page of purchases, newest first."""
    limit = checked_limit(limit)
    found = purchases.page(studio.database, studio.user_id, cursor(after), limit + 1)
    return paged(found, limit, lambda purchase: purchase.id)
