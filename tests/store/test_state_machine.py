"""A generation walks the drawn arrows only, whoever pushes: services, or SQL by a stray tool."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from stylestudio_desktop.domain.errors import Code, IllegalStep
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import attempts, finishing, generate, history, queue, steering
from stylestudio_desktop.store import generations
from stylestudio_desktop.store.database import SQLITE
from tests.factories import brief_for, give
from tests.store.books import faults
from tests.store.machines import Library, results
from tests.unit.diagram import RUN_ARROWS, STATES

STATE = st.sampled_from(STATES)


class Walk(RuleBasedStateMachine):
    """Pushes one generation about, and knows from the diagram alone where it must stand."""

    def __init__(self) -> None:
        super().__init__()
        self.library = Library()
        self.studio = self.library.studio
        self.status = "pending"
        self.walked = ["pending"]
        self.row_id = 0

    @initialize()
    def begin(self) -> None:
        give(self.studio, 1_000)
        brief = brief_for(self.library.products[0], count=2)
        self.row_id = generate.start(self.studio, brief).id
        self.stray = SQLITE.connect(str(self.studio.database.path))

    def teardown(self) -> None:
        if self.row_id:
            self.stray.close()
        self.library.close()

    def moved(self, new: str) -> None:
        assert (self.status, new) in RUN_ARROWS
        self.status = new
        self.walked.append(new)

    @rule(new=st.sampled_from(("uploading", "processing")))
    def advance(self, new: str) -> None:
        try:
            queue.advance(self.studio, self.row_id, Status(new))
        except IllegalStep:
            assert (self.status, new) not in RUN_ARROWS
            assert self.status != new
            return
        if self.status != new:
            self.moved(new)

    @rule()
    def go_on(self) -> None:
        """The way forward, so that most walks get far."""
        if self.status in ("pending", "uploading"):
            self.advance({"pending": "uploading", "uploading": "processing"}[self.status])

    @rule(number=st.integers(1, 2))
    def complete(self, number: int) -> None:
        row = attempts.owned(self.studio, self.row_id)
        try:
            finishing.complete(self.studio, row, results(self.library.saved, number))
        except IllegalStep:
            assert (self.status, "completed") not in RUN_ARROWS
            return
        self.moved("completed")

    @rule(new=st.sampled_from(("failed", "cancelled")))
    def end_by_worker(self, new: str) -> None:
        if new == "failed":
            finishing.fail(self.studio, self.row_id, Code.SERVICE_FAILED, "It went wrong.")
        else:
            finishing.stop(self.studio, self.row_id)
        if self.status in STATES[:3]:
            self.moved(new)

    @rule(new=st.sampled_from(("cancelled", "pending")))
    def steer_by_hand(self, new: str) -> None:
        act = steering.cancel if new == "cancelled" else steering.retry
        try:
            act(self.studio, self.row_id)
        except IllegalStep:
            assert (self.status, new) not in RUN_ARROWS
            return
        self.moved(new)

    @rule(old=STATE, new=STATE)
    def compare_and_set(self, old: str, new: str) -> None:
        """A step from a state in which it no longer stands moves nothing."""
        row = attempts.owned(self.studio, self.row_id)
        if old == self.status:
            return
        seen = row._replace(status=old)
        assert not generations.step(self.studio.database, seen, Status(new), now_ms())

    @rule(new=STATE)
    def stray_tool(self, new: str) -> None:
        """Raw SQL may go where the arrows go and nowhere else; it is undone here again."""
        self.stray.execute("BEGIN IMMEDIATE")
        try:
            self.stray.execute("UPDATE generations SET status = ? WHERE id = ?", (new, self.row_id))
        except SQLITE.IntegrityError:
            legal = False
        else:
            legal = True
        self.stray.execute("ROLLBACK")
        assert legal == (new == self.status or (self.status, new) in RUN_ARROWS)

    @rule(word=st.text(max_size=12).filter(lambda word: word not in STATES and "\x00" not in word))
    def stray_word(self, word: str) -> None:
        """No other word becomes a state."""
        try:
            self.stray.execute(
                "UPDATE generations SET status = ? WHERE id = ?", (word, self.row_id)
            )
        except SQLITE.IntegrityError:
            return
        finally:
            self.stray.rollback()
        raise AssertionError(f"{word!r} became a state")

    @invariant()
    def it_stands_where_the_diagram_says(self) -> None:
        if not self.row_id:
            return
        story = history.story(self.studio, self.row_id)
        assert story.generation.status == self.status
        assert [change.status for change in story.states] == self.walked
        assert story.generation.retry_count == self.walked.count("pending") - 1
        assert (story.job is not None) == (self.status in STATES[:3])
        assert faults(self.studio.database) == []


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
