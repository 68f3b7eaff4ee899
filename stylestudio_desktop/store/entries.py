"""Queries on the ledger: entries are added and read, never changed."""

from stylestudio_desktop.domain.ledger import Kind, Movement
from stylestudio_desktop.domain.records import TokenEntry
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.ledger_tables import TokenEntries
from stylestudio_desktop.store.rows import columns
from stylestudio_desktop.store.seals import check_writable
from stylestudio_desktop.store.tables import PLACE

_FIELDS = columns(TokenEntries, TokenEntry)
# What an entry follows: the balance, the last entry with its seal, the chain's anchor, and any
# trouble that was found.
_STATE = """
SELECT u.token_balance, (SELECT max(id) FROM token_entries),
  (SELECT mac FROM token_entries WHERE id = (SELECT max(id) FROM token_entries)),
  (SELECT max(id) FROM ledger_anchors),
  (SELECT value FROM meta WHERE key = 'ledger_trouble')
FROM users u WHERE u.id = ?"""
_APPEND = """
INSERT INTO token_entries (id, user_id, kind, delta, settled, balance_after, generation_id,
  purchase_id, created_at, idempotency_key, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_CLOSINGS = (Kind.SETTLE, Kind.RELEASE)
_BY_GENERATION = Prepared(
    TokenEntries.select(*_FIELDS)
    .where(TokenEntries.generation_id == PLACE)
    .order_by(TokenEntries.id)
)
_PAGE = Prepared(
    TokenEntries.select(*_FIELDS)
    .where((TokenEntries.user_id == PLACE) & (TokenEntries.id < PLACE))
    .order_by(TokenEntries.id.desc())
    .limit(PLACE)
)


def append(db: Database, user_id: int, move: Movement, at: int) -> int:
    """Add an entry, sealed, and return the number of rows added (0 if there is no such user).

    Belongs inside a transaction, so that no other writer comes between. The triggers move the
    user's balance and totals with it. Raises RuleBroken when the balance would become negative
    (`balance_covers`) or the key was used before (`idempotency_key`), and WalletReadOnly when
    the ledger was found broken; what was held before may still be closed then.
    """
    state = db.row(_STATE, (user_id,))
    if state is None:
        return 0
    balance, last, mac, anchor, trouble = state
    if move.kind not in _CLOSINGS:
        check_writable(trouble)
    row = (
        (last or 0) + 1,
        user_id,
        move.kind.value,
        move.delta,
        move.settled,
        balance + move.delta,
        move.generation_id,
        move.purchase_id,
        at,
        move.key,
    )
    return db.run(_APPEND, (*row, db.seals.next(db, anchor, mac, row)))


def of_generation(db: Database, generation_id: int) -> list[TokenEntry]:
    """Return a generation's entries, oldest first."""
    return [TokenEntry._make(row) for row in db.rows(_BY_GENERATION, (generation_id,))]


def page(db: Database, user_id: int, before: int, limit: int) -> list[TokenEntry]:
    """Return up to `limit` entries with an id below `before`, newest first."""
    return [TokenEntry._make(row) for row in db.rows(_PAGE, (user_id, before, limit))]
