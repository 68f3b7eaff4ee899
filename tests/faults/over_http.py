"""The way of one generation through services over HTTP, and what must hold of it.

The service is a stand-in of the contract suite, which outlives the struck process and counts what
it was asked to make: it was asked once and the picture charged once, or the job waits as unknown
for a person.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.generation import Category, Review
from stylestudio_desktop.services import health, history
from tests.contract.case import Case
from tests.contract.cases import all_cases
from tests.contract.test_whole_way import taken_in
from tests.factories import FakeProvider, open_test_studio
from tests.faults import http_victim
from tests.faults.generating import books_hold
from tests.faults.points import Way

SERVICES = [str(case.name) for case in all_cases()]
"""Every service, in each of the ways that it can be asked."""


def prepare(folder: Path) -> None:
    """Make a workspace with a product and a person."""
    studio = open_test_studio(folder, {"local": FakeProvider()})
    for colour, category in (("teal", Category.PRODUCT), ("pink", Category.MODEL)):
        taken_in(studio, folder, colour, category)
    close_studio(studio)


def look(world: Path, memory: object, finished: bool) -> list[str]:
    """Return everything that is wrong: after a strike, or after the resumed run."""
    assert isinstance(memory, Case)
    workspace, case = world / "workspace", memory
    if not finished:
        return books_hold(workspace)
    studio = open_studio(Workspace(workspace), {"local": FakeProvider()})
    report = health.verify(studio, deep=True)
    found = [f"verify: {problem.sentence}" for problem in report.problems]
    ids = history.ids(studio, GenerationFilter())
    if len(ids) != 1:
        found.append(f"{len(ids)} generations instead of one")
    if len(case.accepted) > 1:
        found.append(f"the service was asked {len(case.accepted)} times")
    for generation_id in ids:
        story = history.story(studio, generation_id)
        unknown = story.job is not None and story.job.review == Review.OUTCOME_UNKNOWN.value
        charged = sum(entry.settled for entry in story.entries)
        if unknown:
            if charged or (case.finds_lost and case.accepted and case.free):
                found.append(f"it is unknown, with {charged} tokens charged")
        elif story.generation.status != "completed":
            found.append(f"it ended as {story.generation.status}: {story.generation.error}")
        elif charged != 1 or len(story.results) != 1 or len(case.accepted) != 1:
            found.append(
                f"{charged} tokens for {len(story.results)} pictures, asked {len(case.accepted)}"
            )
    kept = {one.job.intent_id for one in _open(studio) if one.job is not None}
    for path in (workspace / "tmp").rglob("*"):
        if path.is_file() and path.parent.name not in kept:
            found.append(f"left behind: {path.name}")
    close_studio(studio)
    return found


def _open(studio: object) -> list[history.HistoryRow]:
    return history.rows(studio, GenerationFilter()).items  # type: ignore[arg-type]


@contextmanager
def outlasting(service: str) -> Iterator[tuple[object, str]]:
    """Yield the stand-in of `service` and its address."""
    kind = next(one for one in all_cases() if one.name == service)
    with closing(kind()) as case:
        yield case, case.server.url


def act(service: str, world: Path, address: str) -> None:
    """Start one generation unless there is one, and work the queue off."""
    http_victim.main(world / "workspace", service, address)


WAYS = [
    Way(
        "http-" + "-".join(service.replace(",", "").split()),
        prepare,
        partial(act, service),
        look,
        http_victim.BUGS,
        partial(outlasting, service),
        network=True,
    )
    for service in SERVICES
]
