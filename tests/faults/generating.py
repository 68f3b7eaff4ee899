"""The way of one generation from its start to its pictures, and what must hold of it."""

from pathlib import Path

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.services import health, history
from tests.factories import FakeProvider, import_photo, open_test_studio
from tests.faults import victim
from tests.faults.points import Way
from tests.faults.service import LastingService


def prepare(folder: Path) -> None:
    """Make a workspace with one photo, and room for the service's memory."""
    (folder / "service").mkdir()
    studio = open_test_studio(folder, {"local": LastingService(folder / "service")})
    import_photo(studio, folder)
    close_studio(studio)


def books_hold(workspace: Path) -> list[str]:
    """Return what no crash may leave: all that is wrong but what the next start sweeps."""
    studio = open_studio(Workspace(workspace), {"local": FakeProvider()})
    try:
        report = health.verify(studio, deep=True)
    finally:
        close_studio(studio)
    return [f"verify: {one.sentence}" for one in report.problems if not awaits_a_sweep(one)]


def awaits_a_sweep(problem: health.Problem) -> bool:
    """Say whether a finding is what every crash may leave, until the next start sweeps it."""
    return problem.rule == "temporary files" or "No picture refers" in problem.sentence


def look(world: Path, _memory: object, finished: bool) -> list[str]:
    """Return everything that is wrong: after a strike, or after the resumed run."""
    workspace, service = world / "workspace", world / "service"
    if not finished:
        return books_hold(workspace)
    found: list[str] = []
    studio = open_studio(Workspace(workspace), {"local": LastingService(service)})
    report = health.verify(studio, deep=True)
    found += [f"verify: {problem.sentence}" for problem in report.problems]
    ids = history.ids(studio, GenerationFilter())
    asked = list(service.glob("*.json"))
    if len(ids) > 1:
        found.append(f"{len(ids)} generations instead of one")
    for generation_id in ids:
        story = history.story(studio, generation_id)
        if story.generation.status != "completed":
            found.append(f"it ended as {story.generation.status}: {story.generation.error}")
        charged = sum(entry.settled for entry in story.entries)
        if charged != 2 or sum(entry.delta for entry in story.entries) != -2:
            found.append(f"charged {charged} tokens instead of 2")
        if len(story.results) != 2:
            found.append(f"{len(story.results)} pictures instead of 2")
    if len(asked) != len(ids):
        found.append(f"the service was asked {len(asked)} times for {len(ids)} generations")
    leftovers = [path for path in (workspace / "tmp").rglob("*") if path.is_file()]
    found += [f"left behind: {path.name}" for path in leftovers]
    close_studio(studio)
    return found


def act(world: Path, _address: str) -> None:
    """Start one generation unless there is one, and work the queue off."""
    victim.main(world / "workspace", world / "service")


WAYS = [Way("generate", prepare, act, look, victim.BUGS)]
