"""Keeps the ledger's chain of seals beside its entries: the key in hand, the anchors, the walk."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from stylestudio_desktop.domain.errors import WalletReadOnly
from stylestudio_desktop.domain.seal import NOTHING, Head, Row, anchor_seal, seal, sealer, written

if TYPE_CHECKING:
    from stylestudio_desktop.domain.seal import Standing
    from stylestudio_desktop.store.database import Database

_TROUBLE = "ledger_trouble"
_SUMS_ALONE = "ledger_trouble_is_sums"
_CORRECTION = "ledger_correction/"
# An entry's text is put together by SQLite, as `domain.seal.written` does it: a hundred thousand
# rows of three columns are read in a third of the time that eleven columns and Python take.
_COLUMNS = (
    "id, CAST(concat_ws('|', id, user_id, kind, delta, settled, balance_after,"
    f" coalesce(generation_id, '{NOTHING}'), coalesce(purchase_id, '{NOTHING}'), created_at,"
    " idempotency_key) AS BLOB), mac"
)
_ENTRIES = f"SELECT {_COLUMNS} FROM token_entries ORDER BY id"  # noqa: S608 - our own names
_FROM = f"SELECT {_COLUMNS} FROM token_entries WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608
_SET = "UPDATE token_entries SET mac = ? WHERE id = ?"
_ANCHORS = "SELECT id, at, reason, last_entry, mac FROM ledger_anchors ORDER BY id"
_BACK = f"SELECT {_COLUMNS} FROM token_entries ORDER BY id DESC"  # noqa: S608
_BALANCES = """
SELECT u.id, u.name, u.token_balance, coalesce(e.total, 0) FROM users u LEFT JOIN (
  SELECT user_id, sum(delta) AS total FROM token_entries GROUP BY user_id
) e ON e.user_id = u.id WHERE u.token_balance <> coalesce(e.total, 0)"""
_CORRECT = """
UPDATE users SET
  token_balance = (SELECT coalesce(sum(delta), 0) FROM token_entries e WHERE e.user_id = users.id),
  total_tokens_purchased = (SELECT coalesce(sum(iif(kind = 'purchase', delta, 0)), 0)
    FROM token_entries e WHERE e.user_id = users.id),
  total_tokens_used =
    (SELECT coalesce(sum(settled), 0) FROM token_entries e WHERE e.user_id = users.id),
  free_tokens_granted = (SELECT coalesce(sum(iif(kind = 'grant', delta, 0)), 0)
    FROM token_entries e WHERE e.user_id = users.id)"""
_OWN = """
SELECT token_balance,
  (SELECT coalesce(sum(delta), 0) FROM token_entries e WHERE e.user_id = users.id)
FROM users WHERE id = ?"""
_NO_KEY: tuple[int | None, bytes | None] = (None, None)


class Anchor(NamedTuple):
    """Where a chain begins: when, why, and the last entry that was taken as it stood."""

    id: int
    at: int
    reason: str
    last_entry: int
    mac: bytes


class Wrong(NamedTuple):
    """A balance that is not what its entries add up to."""

    user_id: int
    name: str
    shown: int
    true: int


class Correction(NamedTuple):
    """When and why balances were put right where there was no key to seal the ledger with."""

    at: int
    reason: str


class Seals:
    """What a process holds in hand to seal entries with. One belongs to each Database.

    `find_key` returns the key of an anchor from outside the database, or None; `moved` hears of
    every sealed entry once it is durable, and `close` at the end. They are set by whoever may
    ask a keyring. `standing` is what this process' last check found. `restored` is set where
    this process has just put a restored library in place: the reason to seal it anew.
    """

    def __init__(self) -> None:
        """Begin without a key: entries are then written without a seal."""
        self.find_key: Callable[[int], bytes | None] = lambda _anchor: None
        self.moved: Callable[[int, Head], None] = lambda _anchor, _head: None
        self.close: Callable[[], None] = lambda: None
        self.standing: Standing | None = None
        self.restored: str | None = None
        self._held: tuple[int | None, bytes | None] = _NO_KEY

    def key(self, anchor: int | None) -> bytes | None:
        """Return the key of the newest anchor; the keyring is asked once for each."""
        if anchor is None:
            return None
        held, key = self._held
        if held != anchor:
            key = self.find_key(anchor)
            self._held = (anchor, key)
        return key

    def hold(self, anchor: int, key: bytes) -> None:
        """Use this key from now on, without asking for it."""
        self._held = (anchor, key)

    def next(
        self, db: "Database", anchor: int | None, before: bytes | None, fields: tuple[Any, ...]
    ) -> bytes | None:
        """Return the seal of an entry with these `fields` that follows the one sealed so `before`.

        None where there is no key. Without `before` the entry ahead has no seal, or there is none.
        """
        key = self.key(anchor)
        if key is None or anchor is None:
            return None
        mac = seal(key, before or last_seal(db, key), written(fields))
        db.after_commit(lambda: self.moved(anchor, Head(fields[0], mac)))
        return mac


def check_writable(trouble: str | None) -> None:
    """Raise WalletReadOnly if the ledger was found broken; `trouble` is what was found."""
    if trouble is not None:
        raise WalletReadOnly(trouble)


def last_seal(db: "Database", key: bytes) -> bytes:
    """Return the seal that the next entry follows, working out those that were never written."""
    unsealed: list[Row] = []
    before: bytes | None = None
    for row in db.stream(_BACK, size=100):
        before = row[2]
        if before is not None:
            break
        unsealed.append(row)
    if before is None:
        before = anchors(db)[-1].mac
    for _id, text, _none in reversed(unsealed):
        before = seal(key, before, text)
    return before


def anchors(db: "Database") -> list[Anchor]:
    """Return every anchor, oldest first."""
    return [Anchor._make(row) for row in db.rows(_ANCHORS)]


def newest(db: "Database") -> int | None:
    """Return the id of the newest anchor, None before the first."""
    found = db.value("SELECT max(id) FROM ledger_anchors")
    return None if found is None else int(found)


def stream(db: "Database") -> Iterator[Row]:
    """Yield the whole ledger in its order, as `domain.seal` reads it."""
    return db.stream(_ENTRIES)


def mac_of(db: "Database", entry_id: int) -> bytes | None:
    """Return an entry's seal, None where it or the entry is missing."""
    found = db.value("SELECT mac FROM token_entries WHERE id = ?", (entry_id,))
    return None if found is None else bytes(found)


def balances(db: "Database") -> list[Wrong]:
    """Return the balances that are not what the entries add up to."""
    return [Wrong._make(row) for row in db.rows(_BALANCES)]


def only_gifts(db: "Database") -> bool:
    """Say whether the ledger holds nothing but the free tokens of new profiles."""
    row = db.row("SELECT 1 FROM token_entries WHERE kind <> 'grant' LIMIT 1")
    count, people = db.row(
        "SELECT (SELECT count(*) FROM token_entries), (SELECT count(*) FROM users)"
    ) or (0, 0)
    return row is None and count <= people


def told(db: "Database") -> str | None:
    """Return what everybody may read of the ledger's trouble, None while nothing is known."""
    found = db.value("SELECT value FROM meta WHERE key = ?", (_TROUBLE,))
    return None if found is None else str(found)


def trouble(db: "Database", user_id: int) -> str | None:
    """Return what was found wrong with the ledger, None while nothing is known.

    How many tokens somebody has is told to nobody else.
    """
    found = told(db)
    shown, true = db.row(_OWN, (user_id,)) or (0, 0) if found else (0, 0)
    if shown == true or not is_shared(db):
        return found
    return f"{found} Your balance shows {shown:,} tokens; your entries add up to {true:,}."


def is_shared(db: "Database") -> bool:
    """Say whether more than one person has a profile here."""
    return len(db.rows("SELECT 1 FROM users WHERE deleted_at IS NULL LIMIT 2")) > 1


def is_sums_alone(db: "Database") -> bool:
    """Say whether balances are all that was found wrong, so that no key is needed to mend it."""
    return db.value("SELECT 1 FROM meta WHERE key = ?", (_SUMS_ALONE,)) is not None


def set_trouble(db: "Database", sentence: str | None, sums_alone: bool = False) -> None:
    """Make the wallet read-only for everybody, or (None) end that; inside a transaction."""
    db.run("DELETE FROM meta WHERE key IN (?, ?)", (_TROUBLE, _SUMS_ALONE))
    if sentence is not None:
        db.run("INSERT INTO meta (key, value) VALUES (?, ?)", (_TROUBLE, sentence))
        if sums_alone:
            db.run("INSERT INTO meta (key, value) VALUES (?, '1')", (_SUMS_ALONE,))


def keep_correction(db: "Database", id: int, at: int, reason: str, wrong: list[Wrong]) -> None:
    """Record that balances are put right, why, and what they were; inside a transaction."""
    were = [{"user": one.user_id, "was": one.shown, "is": one.true} for one in wrong]
    text = json.dumps({"at": at, "reason": reason, "balances": were})
    db.run("INSERT INTO meta (key, value) VALUES (?, ?)", (f"{_CORRECTION}{id:020}", text))


def corrections(db: "Database") -> list[Correction]:
    """Return every time that balances were put right without a key, oldest first."""
    rows = db.rows(
        "SELECT value FROM meta WHERE key > ? AND key < ? ORDER BY key",
        (_CORRECTION, f"{_CORRECTION}~"),
    )
    read = (json.loads(row[0]) for row in rows)
    return [Correction(int(one["at"]), str(one["reason"])) for one in read]


def draft(db: "Database", key: bytes, anchor_id: int, at: int, reason: str) -> Anchor:
    """Return a new anchor after those that are there, sealed, but not yet written."""
    last = int(db.value("SELECT coalesce(max(id), 0) FROM token_entries"))
    rows: list[Sequence[Any]] = [one[:4] for one in anchors(db)]
    fresh = (anchor_id, at, reason, last)
    return Anchor(*fresh, anchor_seal(key, [*rows, fresh]))  # type: ignore[list-item]


def drop_anchor(db: "Database", anchor: Anchor) -> None:
    """Write an anchor; the chain begins there from now on."""
    db.run(
        "INSERT INTO ledger_anchors (id, at, reason, last_entry, mac) VALUES (?, ?, ?, ?, ?)",
        anchor,
    )


def seal_from(db: "Database", key: bytes, head: Head, limit: int) -> Head | None:
    """Seal up to `limit` entries after `head` anew; None when there are none."""
    before, sealed = head.mac, sealer(key)
    done: list[tuple[bytes, int]] = []
    for entry_id, text, _former in db.rows(_FROM, (head.entry_id, limit)):
        before = sealed(before, text)
        done.append((before, entry_id))
    if not done:
        return None
    db.run_many(_SET, done)
    return Head(done[-1][1], before)


def is_last(db: "Database", entry_id: int) -> bool:
    """Say whether no entry follows this one."""
    return db.row("SELECT 1 FROM token_entries WHERE id > ? LIMIT 1", (entry_id,)) is None


def end_of_chain(db: "Database") -> Head | None:
    """Return what the next entry follows, None where there is no key to seal it with."""
    key = db.seals.key(newest(db))
    if key is None:
        return None
    return Head(int(db.value("SELECT coalesce(max(id), 0) FROM token_entries")), last_seal(db, key))


def seal_after(db: "Database", head: Head | None) -> None:
    """Seal what was written in bulk after the chain's end, in the running transaction."""
    anchor = newest(db)
    key = db.seals.key(anchor)
    if head is None or key is None or anchor is None:
        return
    last = seal_from(db, key, head, 1 << 40)
    if last is not None:
        db.after_commit(lambda: db.seals.moved(anchor, last))


def correct_balances(db: "Database") -> None:
    """Let every balance and total be what the entries add up to, in the running transaction."""
    db.run(_CORRECT)
