"""The wallet: what is there, what is held, what it buys, and every movement."""

from dataclasses import dataclass

from stylestudio_desktop.domain.catalog import Package
from stylestudio_desktop.domain.filters import DEFAULT_LIMIT
from stylestudio_desktop.domain.generation import OPEN, Status
from stylestudio_desktop.domain.records import Page, Purchase, TokenEntry, User
from stylestudio_desktop.services import accounts
from stylestudio_desktop.services.paging import checked_limit, cursor, paged
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import counts, entries, purchases


@dataclass(frozen=True, slots=True)
class Wallet:
    """A person's tokens: `held` ones are set aside for generations that wait or run."""

    user: User
    held: int
    packages: tuple[Package, ...]
    low: bool


def summary(studio: Studio) -> Wallet:
    """Return the wallet as it stands."""
    user = accounts.current_user(studio)
    held = sum(
        one.total
        for one in counts.generations(studio.database, studio.user_id)
        if Status(one.key) in OPEN
    )
    low = user.token_balance <= studio.settings.value.low_balance
    return Wallet(user, held, studio.catalogue.packages, low)


def movements(
    studio: Studio, after: str | None = None, limit: int = DEFAULT_LIMIT
) -> Page[TokenEntry]:
    """Return a page of the ledger, newest first, each with the balance after it."""
    limit = checked_limit(limit)
    found = entries.page(studio.database, studio.user_id, cursor(after), limit + 1)
    return paged(found, limit, lambda entry: entry.id)


def bought(studio: Studio, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[Purchase]:
    """Return a page of purchases, newest first."""
    limit = checked_limit(limit)
    found = purchases.page(studio.database, studio.user_id, cursor(after), limit + 1)
    return paged(found, limit, lambda purchase: purchase.id)
