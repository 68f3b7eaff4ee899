"""Proves that a library keeps its rules, and clears away what a crash left behind."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.domain.generation import STEPS, Status
from stylestudio_desktop.domain.seal import State
from stylestudio_desktop.services import ledger_proof
from stylestudio_desktop.services.health_files import (
    LOADED_AT,
    file_problems,
    leftovers,
    sweep_after_crash,
)
from stylestudio_desktop.services.problem import Problem
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import audit, facets, reading
from stylestudio_desktop.store.checks import FAULTS, Fault

__all__ = ["LOADED_AT", "Health", "Problem", "sweep_after_crash", "verify"]

Progress = Callable[[float, float, str], None]
ARRIVING_S = 60.0
_STEP = re.compile(r"([a-z]+) (\d+)")
_CLOSING = ("settle", "release")


@dataclass(frozen=True, slots=True)
class Health:
    """What a proof looked at, how much of it there is, and every rule that does not hold."""

    checked: dict[str, int]
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every rule holds."""
        return not self.problems


def verify(
    studio: Studio,
    deep: bool = False,
    progress: Progress = lambda _done, _all, _name: None,
    grace_s: float = ARRIVING_S,
) -> Health:
    """Prove every rule that a library can be proven to keep; nothing is changed.

    Rows are read as they stand at one moment. `deep` also reads every stored byte and every
    index entry. Files younger than `grace_s` seconds without a row are taken to be arriving:
    another process may be about to write their rows. What can't be read is a problem, too;
    StorageError is raised only where nothing can be.
    """
    checked: dict[str, int] = {}
    problems: list[Problem] = []
    parts = [*_row_checks(studio, deep), *(_fault_check(studio, fault) for fault in FAULTS)]
    share = len(parts) + 1.0
    chain = ledger_proof.examine(studio)
    problems += [Problem(one.fault.value, str(one.subject), one.sentence) for one in chain.findings]
    remarks = () if chain.state in (State.PROVEN, State.BROKEN) else (chain.sentence,)
    with reading.moment(studio.database):
        checked.update(audit.counted(studio.database))
        for number, (name, run) in enumerate(parts):
            progress(number, share, name)
            try:
                problems += run()
            except StorageError as error:  # the other checks may still be possible
                problems.append(Problem("database", name, error.sentence))
    stored: Counter[str] = Counter()

    def on_files(done: int) -> None:
        of_all = done / max(1, checked["pictures"])
        progress(len(parts) + min(1.0, of_all), share, "stored pictures")

    problems += file_problems(studio, deep, grace_s, stored, on_files)
    problems += leftovers(studio, grace_s)
    checked.update(stored)
    progress(share, share, "")
    return Health(checked, tuple(problems), remarks)


Check = tuple[str, Callable[[], list[Problem]]]


def _row_checks(studio: Studio, deep: bool) -> list[Check]:
    return [
        ("the database file", lambda: list(_structure(studio, deep))),
        ("the ledger", lambda: list(_ledger(studio))),
        ("the history of states", lambda: list(_histories(studio))),
        ("daily sums", lambda: list(_days(studio))),
        ("kept counts of pictures", lambda: list(_facets(studio))),
    ]


def _fault_check(studio: Studio, fault: Fault) -> Check:
    def run() -> list[Problem]:
        return [
            _told(
                studio,
                audit.owner(studio.database, fault.of, row[0]),
                Problem(fault.rule, str(row[0]), fault.sentence.format(*row)),
            )
            for row in audit.faults(studio.database, fault)
        ]

    return fault.rule, run


def _told(studio: Studio, owner: int | None, found: Problem) -> Problem:
    """Return a problem as the person at the desk may read it: another's numbers are not theirs."""
    if owner is None or owner == studio.user_id:
        return found
    return replace(
        found,
        sentence=f"A record of another person ({found.subject}) breaks the rule “{found.rule}”. "
        "Signed in, they are told more.",
    )


def _structure(studio: Studio, deep: bool) -> Iterator[Problem]:
    found = audit.structure(studio.database, deep)
    for said in found.rows:
        yield Problem("database", studio.workspace.database.name, f"SQLite reports: {said}")
    for name in found.words:
        yield Problem(
            "search",
            name,
            f"The search index “{name}” is damaged, so not everything is found. No picture and no "
            "record is touched by that; it can be made anew from them.",
        )
    for name in audit.schema_differences(studio.database):
        yield Problem(
            "schema", name, f"“{name}” is not as the program makes it, so a rule may be unguarded."
        )


@dataclass(slots=True)
class _Sums:
    """What one user's entries add up to so far, in tokens."""

    balance: int = 0
    after: int = 0
    purchased: int = 0
    used: int = 0
    granted: int = 0


def _ledger(studio: Studio) -> Iterator[Problem]:
    """Walk the ledger once: each entry continues its user's balance, each hold closes once."""
    sums: dict[int, _Sums] = {}
    accepted = _accepted(studio)
    held: dict[tuple[int, str], int] = {}
    for entry_id, user_id, kind, delta, settled, after, generation_id, key in audit.entries(
        studio.database
    ):
        wallet = sums.setdefault(user_id, _Sums())
        wallet.balance += delta
        wallet.used += settled
        if kind == "purchase":
            wallet.purchased += delta
        elif kind == "grant":
            wallet.granted += delta
        if entry_id <= accepted:  # a person took these as they stood, and said why
            after = wallet.balance
        elif wallet.after + delta != after or after < 0:
            said = (
                f"Entry {entry_id} says the balance is {after}; the entries before it lead to "
                f"{wallet.after + delta}."
            )
            yield _told(studio, user_id, Problem("ledger chain", str(entry_id), said))
        wallet.after = after
        attempt = (generation_id, key.rpartition("/")[2])
        if kind == "hold":
            held[attempt] = held.get(attempt, 0) - delta
        elif kind in _CLOSING and held.pop(attempt, None) != delta + settled:
            yield Problem(
                "hold closed once",
                str(generation_id),
                f"Entry {entry_id} closes a hold of generation {generation_id} that is not open "
                "or was of another size.",
            )
    yield from _still_held(studio, held)
    yield from _wallets(studio, sums)


def _accepted(studio: Studio) -> int:
    """Return the last entry that was accepted as it stood, 0 while nothing had to be."""
    anchors = ledger_proof.history(studio)
    return anchors[-1].last_entry if len(anchors) > 1 else 0


def _still_held(studio: Studio, held: dict[tuple[int, str], int]) -> Iterator[Problem]:
    waiting = {
        (id_, str(attempt)) for id_, attempt in audit.open_generations(studio.database).items()
    }
    for generation_id, attempt in sorted(held.keys() - waiting):
        yield Problem(
            "hold closed once",
            str(generation_id),
            f"Generation {generation_id} is over, but tokens are still held for its attempt "
            f"{attempt}.",
        )


def _wallets(studio: Studio, sums: dict[int, _Sums]) -> Iterator[Problem]:
    known = set()
    for row in audit.wallets(studio.database):
        known.add(row.user_id)
        true = sums.get(row.user_id, _Sums())
        if (row.balance, row.purchased, row.used, row.granted) != (
            true.balance, true.purchased, true.used, true.granted,
        ):  # fmt: skip
            said = (
                f"User {row.user_id} shows a balance of {row.balance}, {row.purchased} bought and "
                f"{row.used} used; the ledger adds up to {true.balance}, {true.purchased} and "
                f"{true.used}."
            )
            yield _told(studio, row.user_id, Problem("ledger sums", str(row.user_id), said))
    for user_id in sorted(sums.keys() - known):
        yield Problem(
            "ledger sums", str(user_id), f"The ledger names a user {user_id} who is not there."
        )


def _histories(studio: Studio) -> Iterator[Problem]:
    judged: dict[tuple[str, int, str | None], str | None] = {}
    for generation_id, status, attempt, chain in audit.histories(studio.database):
        key = (status, attempt, chain)
        if key not in judged:
            judged[key] = _judge(status, attempt, chain or "")
        fault = judged[key]
        if fault is not None:
            said = f"The history of generation {generation_id} {fault}."
            whose = audit.owner(studio.database, "generations", generation_id)
            yield _told(studio, whose, Problem("states", str(generation_id), said))


def _judge(status: str, attempt: int, chain: str) -> str | None:
    """Return what is wrong with a history such as "pending 0>uploading 0>…", None if nothing."""
    steps = [(found[1], int(found[2])) for found in _STEP.finditer(chain)]
    if not steps or steps[0] != (Status.PENDING.value, 0):
        return "does not begin with waiting"
    for (old, before), (new, after) in pairwise(steps):
        if new not in {one.value for one in STEPS.get(_status(old), ())}:
            return f"steps from {old} to {new}"
        again = new == Status.PENDING.value
        if after != before + again:
            return f"counts its attempts wrongly at {new}"
    if steps[-1] != (status, attempt):
        return f"ends at {steps[-1][0]}, but it is {status}"
    return None


def _status(name: str) -> Status:
    return Status(name) if name in {one.value for one in Status} else Status.COMPLETED


def _days(studio: Studio) -> Iterator[Problem]:
    for user_id, line in audit.kept_days(studio.database):
        said = (
            f"The daily sum of user {user_id} for day {line[0]}, {line[1]}, does not equal its "
            "records."
        )
        yield _told(studio, user_id, Problem("kept counts", str(user_id), said))


def _facets(studio: Studio) -> Iterator[Problem]:
    for user_id, facet, value, kept, number in facets.faulty(studio.database):
        said = f"The count of pictures with {facet} “{value}” is kept as {kept} and is {number}."
        yield _told(studio, user_id, Problem("kept counts", str(user_id), said))
