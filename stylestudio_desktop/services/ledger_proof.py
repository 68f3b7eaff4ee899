"""Proves the ledger against the key and the head outside of it, and is the way out when it fails.

What this can and can't stop is written in docs/wallet.md.
"""

import logging
import secrets as randomness
import time
from collections.abc import Callable, Iterator

from stylestudio_desktop.domain.errors import BadInput, Code, StorageBusy, StudioError
from stylestudio_desktop.domain.events import LedgerChecked
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.seal import (
    Fault,
    Finding,
    Head,
    Row,
    Standing,
    State,
    anchor_seal,
    walk,
)
from stylestudio_desktop.services import ledger_keys
from stylestudio_desktop.services.ledger_keys import Kept
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import reading, seals
from stylestudio_desktop.store.seals import Anchor, Correction, Wrong

_log = logging.getLogger(__name__)
PORTION = 5000
ACCEPTING_S = 60.0
FIRST = "The first seal of this library."
LONGEST_REASON = 500
_WITHOUT_KEY = "Make the keyring ready and try again, or restore a backup."
_BREATH = 1000


def at_start(studio: Studio, stopped: Callable[[], bool] = lambda: False) -> Standing:
    """Check the ledger in the background, begin its chain if there is none, and tell everybody.

    What is found wrong makes the wallet read-only; a ledger that is whole again ends that.
    Raises StorageError if the library can't be read.
    """
    reason, studio.database.seals.restored = studio.database.seals.restored, None
    if reason is not None:  # an older ledger is rightly here, and its head is ahead of it
        try:
            anchor(studio, reason)
        except StudioError as error:
            sealed = seals.newest(studio.database) is not None
            level = logging.WARNING if sealed else logging.INFO  # it never was: nothing is amiss
            _log.log(level, "the restored ledger was not sealed: %s", error.sentence)
    try:
        standing = examine(studio, gentle=True, stopped=stopped)
        if standing.state is State.UNKNOWN and _may_begin(studio):
            _anchor(studio, FIRST)
            standing = examine(studio, gentle=True, stopped=stopped)
    except _Stopped:
        return Standing(State.UNKNOWN, "The check was not finished.")
    note(studio, standing)
    return standing


def prepare(studio: Studio) -> None:
    """Have the chain begun and its key in hand before a transaction needs them.

    Whoever may write entries calls it first, outside of a transaction: the keyring may wait for a
    person. So whichever program uses a library first, no entry but the welcome gift comes before
    the chain where there is a keyring.
    """
    database = studio.database
    if database.seals.standing is None and seals.newest(database) is None:
        at_start(studio)
    database.seals.key(seals.newest(database))


def note(studio: Studio, standing: Standing) -> None:
    """Keep what a check found: trouble for every process, the rest for this one."""
    database = studio.database
    database.seals.standing = standing
    found = " ".join(one.told or one.sentence for one in standing.findings[:3]) or None
    sums_alone = all(one.fault is Fault.BALANCE for one in standing.findings)
    before = seals.told(database)
    if standing.state is State.UNKNOWN or before == found:
        judged = False
    elif standing.state is State.UNSEALED or (found and sums_alone and not standing.entries):
        # Without a key only the sums were looked at: what the chain said before stays.
        judged = before is None or seals.is_sums_alone(database)
    else:
        judged = True
    if judged:
        with database.write():
            seals.set_trouble(database, found, sums_alone)
    studio.bus.publish(LedgerChecked(standing.state.value, standing.sentence))


def standing(studio: Studio) -> Standing:
    """Return what is known now, as the person at the desk may read it, without the keyring."""
    found = seals.trouble(studio.database, studio.user_id)
    known = studio.database.seals.standing
    if found is not None:
        if known is None or known.state is not State.BROKEN:
            return Standing(State.BROKEN, found)
        return known._replace(sentence=found)
    if known is None or known.state is State.BROKEN:
        return Standing(State.UNKNOWN, "The ledger was not checked yet.")
    return known


def history(studio: Studio) -> list[Anchor]:
    """Return every time that the chain was begun, oldest first, with the reasons."""
    return seals.anchors(studio.database)


def corrections(studio: Studio) -> list[Correction]:
    """Return every time that balances were put right without a keyring, oldest first."""
    return seals.corrections(studio.database)


def hindrance(studio: Studio) -> str:
    """Return why the ledger can't be accepted just now, empty if it can; the keyring may wait."""
    keeping = studio.secrets.keeping()
    if keeping.lasting or seals.is_sums_alone(studio.database):
        return ""
    return f"The ledger can't be sealed: {keeping.sentence} Nothing was changed. {_WITHOUT_KEY}"


def examine(
    studio: Studio, *, gentle: bool = False, stopped: Callable[[], bool] = lambda: False
) -> Standing:
    """Check the whole ledger; nothing is changed, but a moved library's place is noted.

    `gentle` leaves the other threads room. The state is UNKNOWN where no chain was begun yet.
    """
    database = studio.database
    while True:
        newest = seals.newest(database)
        # Asked before the rows are read: the head may lag behind them, and never be ahead.
        kept = ledger_keys.look(studio, newest)
        if not kept.usable:
            with reading.moment(database):
                wrong = list(_wrong_sums(studio))
            return _broken(wrong, 0) if wrong else _unsealed(kept)
        with reading.moment(database):
            if seals.newest(database) != newest:
                continue  # accepted anew in this very moment
            found = _strange(studio, newest, kept)
            if found is not None:
                return _broken([found], 0)
            if newest is None or kept.key is None:
                return Standing(State.UNKNOWN, "The ledger's chain of seals was not begun yet.")
            database.seals.hold(newest, kept.key)
            number, findings, head = _walk(studio, kept, _paced(studio, gentle, stopped))
        break
    if findings:
        return _broken(findings, number)
    if kept.head is None or not kept.places:
        ledger_keys.settle_place(studio, newest, head, None)
    sentence = f"All {number:,} entries of the ledger carry their seal."
    return Standing(State.PROVEN, sentence, number, now_ms())


def _walk(studio: Studio, kept: Kept, rows: Iterator[Row]) -> tuple[int, list[Finding], Head]:
    key = kept.key or b""
    known = seals.anchors(studio.database)
    # The newest anchor's seal covers all of them.
    plain = [one[:4] for one in known]
    findings = []
    if anchor_seal(key, plain) != known[-1].mac:
        findings.append(
            Finding(
                Fault.ANCHOR,
                known[-1].id,
                "The list of reasons for which the ledger was accepted was changed.",
            )
        )
    number, more, head = walk(key, known[-1].mac, rows, kept.head)
    findings += more
    findings += _wrong_sums(studio)
    return number, findings, head


def _wrong_sums(studio: Studio) -> Iterator[Finding]:
    for one in seals.balances(studio.database):
        told = f"The balance of {_called(one)} is not what its entries add up to."
        if not seals.is_shared(studio.database):
            told += f" It shows {one.shown:,} tokens; they add up to {one.true:,}."
        yield Finding(
            Fault.BALANCE,
            one.user_id,
            f"{_who(one)} shows a balance of {one.shown:,} tokens; the entries add up to "
            f"{one.true:,}.",
            told,
        )


def _who(one: Wrong) -> str:
    return f"“{one.name}” (user {one.user_id})" if one.name else f"User {one.user_id}"


def _called(one: Wrong) -> str:
    return f"“{one.name}”" if one.name else "a deleted account"


def _strange(studio: Studio, newest: int | None, kept: Kept) -> Finding | None:
    """Return what is wrong with this database being at this place, None if nothing."""
    if newest is None:
        if kept.places and not seals.only_gifts(studio.database):
            return Finding(
                Fault.SWAPPED,
                0,
                "Another library was put in the place of the one that was sealed here.",
            )
        return None
    if kept.places and newest not in kept.places:
        return Finding(
            Fault.SWAPPED,
            newest,
            "This is not the library that was last used here: another one, or an older copy, was "
            "put in its place.",
        )
    if kept.key is None:
        return Finding(
            Fault.SWAPPED,
            newest,
            "The ledger was sealed on another computer, or its key was removed from the keyring.",
        )
    return None


def _broken(findings: list[Finding], number: int) -> Standing:
    first = findings[0].sentence
    more = f" And {len(findings) - 1} more." if len(findings) > 1 else ""
    return Standing(State.BROKEN, first + more, number, now_ms(), tuple(findings))


def _unsealed(kept: Kept) -> Standing:
    return Standing(
        State.UNSEALED,
        "The ledger is not sealed, because its key has no safe place: "
        f"{kept.sentence} The sums are still checked.",
        at=now_ms(),
    )


def _may_begin(studio: Studio) -> bool:
    return seals.newest(studio.database) is None and seals.told(studio.database) is None


class _Stopped(Exception):
    """The program ends; the check is made at the next start."""


def _paced(studio: Studio, gentle: bool, stopped: Callable[[], bool]) -> Iterator[Row]:
    if not gentle:
        yield from seals.stream(studio.database)
        return
    for number, row in enumerate(seals.stream(studio.database)):
        if number % _BREATH == 0:
            if stopped():
                raise _Stopped
            time.sleep(0.001)
        yield row


def anchor(studio: Studio, reason: str) -> None:
    """Take the ledger as it stands, seal it anew with a new key, and record why.

    Entries stay as they are; balances and totals become what the entries add up to. Where there
    is no keyring that is all that happens, and only if nothing but balances was found wrong.
    Raises BadInput without a reason, StudioError where a keyring is needed and missing, or a
    balance would be negative.
    """
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise BadInput(
            "Say in one sentence why the ledger is accepted as it stands. Nothing was changed."
        )
    _anchor(studio, reason)


def _anchor(studio: Studio, reason: str) -> None:
    from filelock import FileLock, Timeout

    database = studio.database
    try:
        with FileLock(studio.workspace.locks / "ledger.lock", timeout=ACCEPTING_S):
            before = seals.newest(database)
            if before is not None and reason == FIRST:  # another program was faster
                return
            _check_sums(studio)
            key, anchor_id = randomness.token_bytes(32), new_id()
            if not ledger_keys.keep_key(studio, anchor_id, key, before):
                _correct(studio, reason)
                return
            fresh = seals.draft(database, key, anchor_id, now_ms(), reason)
            head = _seal_in_portions(studio, key, fresh)
            ledger_keys.settle_place(studio, anchor_id, head, before)
    except Timeout as error:
        raise StorageBusy(
            "Another program is accepting this ledger just now. Nothing was changed. Wait a "
            "moment and look again."
        ) from error
    database.seals.hold(anchor_id, key)


def _correct(studio: Studio, reason: str) -> None:
    """Put balances right where there is no key to seal with; the chain stays as it is."""
    database = studio.database
    with database.write():
        wrong = seals.balances(database)
        alone = seals.is_sums_alone(database) or (wrong and seals.told(database) is None)
        if not alone:
            raise StudioError(
                f"The ledger can't be sealed: {studio.secrets.keeping().sentence} Nothing was "
                f"changed. {_WITHOUT_KEY}",
                code=Code.BOOKS_WRONG,
            )
        seals.correct_balances(database)
        seals.set_trouble(database, None)
        seals.keep_correction(database, new_id(), now_ms(), reason, wrong)


def _seal_in_portions(studio: Studio, key: bytes, fresh: Anchor) -> Head:
    """Seal all entries; other writers come between portions, and the last one drops the anchor.

    Until then the new seals mean nothing, so an end half-way leaves what was there before: no
    chain, or a broken one.
    """
    database = studio.database
    head = Head(0, fresh.mac)
    while True:
        with database.write():
            head = seals.seal_from(database, key, head, PORTION) or head
            if seals.is_last(database, head.entry_id):
                seals.correct_balances(database)
                seals.drop_anchor(database, fresh)
                seals.set_trouble(database, None)
                return head


def _check_sums(studio: Studio) -> None:
    for one in seals.balances(studio.database):
        if one.true < 0:
            raise StudioError(
                f"The entries of {_called(one)} add up to less than no tokens. This ledger can't "
                "be accepted; restore a backup. Nothing was changed.",
                code=Code.BOOKS_WRONG,
            )
