"""Any sequence of grants, runs, failures, cancels and retries leaves the books right."""

from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.errors import (
    Code,
    IllegalStep,
    NotEnoughTokens,
    NotFound,
)
from stylestudio_desktop.domain.generation import Review
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.services import finishing, generate, history, queue, steering, wallet
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries
from stylestudio_desktop.store.database import RuleBroken
from tests.factories import brief_for, give
from tests.store.books import faults
from tests.store.machines import Library, results, work_until_processing

EACH = {"draft": 1, "standard": 2, "high": 3}
ANY = st.integers(0, 1_000_000)
OPEN = ("pending", "uploading", "processing")


@dataclass
class Run:
    """What the model knows of one generation."""

    owner: int
    price: int
    pictures: int
    status: str = "pending"
    claimed: bool = False
    aside: bool = False
    seen: list[Generation] = field(default_factory=list)


class Books(RuleBasedStateMachine):
    """Steers a library and a model of plain numbers side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.library = Library()
        self.balance = [10, 0]
        self.used = [0, 0]
        self.granted = [10, 0]
        self.runs: dict[int, Run] = {}

    def teardown(self) -> None:
        self.library.close()

    def pick(self, number: int) -> tuple[int, Run, Studio]:
        row_id = list(self.runs)[number % len(self.runs)]
        run = self.runs[row_id]
        return row_id, run, self.library.people[run.owner]

    def remember(self, row_id: int, run: Run) -> None:
        row = queue.current(self.library.studio, row_id)
        assert row is not None
        run.seen.append(row)

    def end(self, row_id: int, run: Run, status: str, charged: int) -> None:
        self.balance[run.owner] += run.price - charged
        self.used[run.owner] += charged
        run.status, run.claimed, run.aside = status, False, False

    @rule(who=st.integers(0, 1), tokens=st.integers(1, 12))
    def grant(self, who: int, tokens: int) -> None:
        give(self.library.people[who], tokens)
        self.balance[who] += tokens
        self.granted[who] += tokens

    @rule(who=st.integers(0, 1))
    def grant_welcome_twice(self, who: int) -> None:
        studio = self.library.people[who]
        move = ledger.grant(studio.user_id, 5, "once")
        key = "SELECT 1 FROM token_entries WHERE idempotency_key = ?"
        known = studio.database.row(key, (move.key,)) is not None
        try:
            with studio.database.write():
                entries.append(studio.database, studio.user_id, move, now_ms())
        except RuleBroken:
            assert known
        else:
            assert not known
            self.balance[who] += 5
            self.granted[who] += 5

    @rule(
        who=st.integers(0, 1),
        wanted=st.lists(
            st.tuples(st.sampled_from(sorted(EACH)), st.integers(1, 4)), min_size=1, max_size=3
        ),
    )
    def start(self, who: int, wanted: list[tuple[str, int]]) -> None:
        product = self.library.products[who]
        briefs = [brief_for(product, quality=quality, count=n) for quality, n in wanted]
        total = sum(EACH[quality] * n for quality, n in wanted)
        try:
            started = generate.start_many(self.library.people[who], briefs)
        except NotEnoughTokens:
            assert total > self.balance[who]
            return
        assert total <= self.balance[who]
        self.balance[who] -= total
        for row, (quality, n) in zip(started, wanted, strict=True):
            self.runs[row.id] = Run(who, EACH[quality] * n, n, seen=[row])

    @precondition(lambda self: self.runs)
    @rule(number=ANY)
    def work(self, number: int) -> None:
        row_id, run, studio = self.pick(number)
        if run.status == "pending" and not run.claimed and not run.aside:
            run.seen.append(work_until_processing(studio, run.seen[0]))
            run.status, run.claimed = "processing", True
        elif run.claimed or run.aside or run.status not in OPEN:
            assert queue.claim(studio, "another", row_id) is None

    @precondition(lambda self: self.runs)
    @rule(number=ANY, share=ANY, stale=ANY)
    def complete(self, number: int, share: int, stale: int) -> None:
        row_id, run, studio = self.pick(number)
        fresh = queue.current(studio, row_id)
        assert fresh is not None
        row = run.seen[stale % len(run.seen)] if stale % 3 == 0 else fresh
        saved = results(self.library.saved, 1 + share % run.pictures)
        fits = row[2] == "processing" == run.status and row.retry_count == fresh.retry_count
        try:
            made = finishing.complete(studio, row, saved)
        except IllegalStep:
            assert not fits
            return
        assert fits
        assert len(made) == len(saved)
        self.end(row_id, run, "completed", run.price // run.pictures * len(saved))

    @precondition(lambda self: self.runs)
    @rule(number=ANY, twice=st.booleans())
    def fail(self, number: int, twice: bool) -> None:
        row_id, run, studio = self.pick(number)
        for _ in range(1 + twice):
            finishing.fail(studio, row_id, Code.SERVICE_FAILED, "It went wrong.")
        if run.status in OPEN:
            self.end(row_id, run, "failed", 0)
            self.remember(row_id, run)

    @precondition(lambda self: self.runs)
    @rule(number=ANY)
    def stop(self, number: int) -> None:
        row_id, run, studio = self.pick(number)
        finishing.stop(studio, row_id)
        if run.status in OPEN:
            self.end(row_id, run, "cancelled", 0)

    @precondition(lambda self: self.runs)
    @rule(number=ANY)
    def cancel(self, number: int) -> None:
        row_id, run, studio = self.pick(number)
        if run.status not in OPEN:
            try:
                steering.cancel(studio, row_id)
            except IllegalStep:
                return
            raise AssertionError("an ended generation was cancelled")
        steering.cancel(studio, row_id)
        if not run.claimed:
            self.end(row_id, run, "cancelled", 0)

    @precondition(lambda self: self.runs)
    @rule(number=ANY)
    def retry(self, number: int) -> None:
        row_id, run, studio = self.pick(number)
        try:
            steering.retry(studio, row_id)
        except IllegalStep:
            assert run.status != "failed"
        except NotEnoughTokens:
            assert run.status == "failed"
            assert run.price > self.balance[run.owner]
        else:
            assert run.status == "failed"
            assert run.price <= self.balance[run.owner]
            self.balance[run.owner] -= run.price
            run.status = "pending"

    @precondition(lambda self: self.runs)
    @rule(number=ANY)
    def set_aside(self, number: int) -> None:
        row_id, run, studio = self.pick(number)
        queue.set_aside(studio, row_id, Review.OUTCOME_UNKNOWN)
        if run.status in OPEN:
            run.aside, run.claimed = True, False

    @precondition(lambda self: self.runs)
    @rule(number=ANY, again=st.booleans())
    def decide(self, number: int, again: bool) -> None:
        row_id, run, studio = self.pick(number)
        try:
            (steering.send_again if again else steering.let_go)(studio, row_id)
        except IllegalStep:
            assert not run.aside
            return
        assert run.aside
        if again:
            run.aside = False
        else:
            self.end(row_id, run, "failed", 0)

    @precondition(lambda self: self.runs)
    @rule(number=ANY)
    def meddle_with_anothers(self, number: int) -> None:
        row_id, run, _ = self.pick(number)
        other = self.library.people[1 - run.owner]
        for act in (steering.cancel, steering.retry, steering.let_go, steering.send_again):
            try:
                act(other, row_id)
            except NotFound:
                continue
            raise AssertionError("another person's generation was moved")

    @invariant()
    def the_books_agree_with_the_model(self) -> None:
        for who, studio in enumerate(self.library.people):
            found = wallet.summary(studio)
            mine = [run for run in self.runs.values() if run.owner == who]
            assert found.user.token_balance == self.balance[who] >= 0
            assert found.user.total_tokens_used == self.used[who]
            assert found.user.free_tokens_granted == self.granted[who]
            assert found.held == sum(run.price for run in mine if run.status in OPEN)
            assert self.granted[who] == self.balance[who] + self.used[who] + found.held
            counted = {one.key: one.number for one in history.totals(studio) if one.number}
            wanted: dict[str, int] = {}
            for run in mine:
                wanted[run.status] = wanted.get(run.status, 0) + 1
            assert counted == wanted

    @invariant()
    def every_rule_holds(self) -> None:
        assert faults(self.library.studio.database) == []


TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=40,
    stateful_step_count=35,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
