"""Queries on people and their wallets."""

from peewee import SQL

from stylestudio_desktop.domain.records import User
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.rows import columns, inserting
from stylestudio_desktop.store.tables import PLACE, Users

_INSERT = inserting(Users, [Users.id, Users.name, Users.created_at])
_FIELDS = columns(Users, User)
_GET = Prepared(Users.select(*_FIELDS).where((Users.id == PLACE) & Users.deleted_at.is_null()))
_FIRST = Prepared(
    Users.select(*_FIELDS).where(Users.deleted_at.is_null()).order_by(Users.id).limit(SQL("1"))
)
_BALANCE = Prepared(Users.select(Users.token_balance).where(Users.id == PLACE))


def insert(db: Database, user_id: int, name: str, created_at: int) -> None:
    """Add a local user without tokens."""
    db.run(_INSERT, (user_id, name, created_at))


def get(db: Database, user_id: int) -> User | None:
    """Return the user, or None."""
    row = db.row(_GET, (user_id,))
    return None if row is None else User._make(row)


def first(db: Database) -> User | None:
    """Return the oldest user of the workspace, or None in a new one."""
    row = db.row(_FIRST)
    return None if row is None else User._make(row)


def guarded(db: Database, user_id: int) -> bool:
    """Say whether a user has a passphrase."""
    return db.value("SELECT passphrase FROM users WHERE id = ?", (user_id,)) is not None


def balance(db: Database, user_id: int) -> int:
    """Return the tokens the user can spend."""
    return int(db.value(_BALANCE, (user_id,)) or 0)
