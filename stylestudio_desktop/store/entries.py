"""Queries on the ledger: entries are added and read, never changed."""

from stylestudio_desktop.domain.ledger import Movement
from stylestudio_desktop.domain.records import TokenEntry
from stylestudio_desktop.store.database import Database, prepared
from stylestudio_desktop.store.rows import columns
from stylestudio_desktop.store.tables import PLACE, TokenEntries, Users

_FIELDS = columns(TokenEntries, TokenEntry)
# The new balance is worked out inside the statement, so no other writer can come between.
_APPEND = prepared(
    TokenEntries.insert_from(
        Users.select(
            Users.id, PLACE, PLACE, PLACE, Users.token_balance + PLACE, PLACE, PLACE, PLACE, PLACE
        ).where(Users.id == PLACE),
        [
            TokenEntries.user_id,
            TokenEntries.kind,
            TokenEntries.delta,
            TokenEntries.settled,
            TokenEntries.balance_after,
            TokenEntries.generation_id,
            TokenEntries.purchase_id,
            TokenEntries.idempotency_key,
            TokenEntries.created_at,
        ],
    )
)
_BY_GENERATION = prepared(
    TokenEntries.select(*_FIELDS)
    .where(TokenEntries.generation_id == PLACE)
    .order_by(TokenEntries.id)
)
_PAGE = prepared(
    TokenEntries.select(*_FIELDS)
    .where((TokenEntries.user_id == PLACE) & (TokenEntries.id < PLACE))
    .order_by(TokenEntries.id.desc())
    .limit(PLACE)
)


def append(db: Database, user_id: int, move: Movement, at: int) -> int:
    """Add an entry and return the number of rows added (0 when there is no such user).

    The triggers move the user's balance and totals with it. Raises RuleBroken when the balance
    would become negative (`balance_covers`) or the key was used before (`idempotency_key`).
    """
    return db.run(
        _APPEND,
        (
            move.kind.value,
            move.delta,
            move.settled,
            move.delta,
            move.generation_id,
            move.purchase_id,
            move.key,
            at,
            user_id,
        ),
    )


def of_generation(db: Database, generation_id: int) -> list[TokenEntry]:
    """Return a generation's entries, oldest first."""
    return [TokenEntry._make(row) for row in db.rows(_BY_GENERATION, (generation_id,))]


def page(db: Database, user_id: int, before: int, limit: int) -> list[TokenEntry]:
    """Return up to `limit` entries with an id below `before`, newest first."""
    return [TokenEntry._make(row) for row in db.rows(_PAGE, (user_id, before, limit))]
