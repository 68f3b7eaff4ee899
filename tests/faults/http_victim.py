"""Makes one picture over HTTP, to be struck at any instant, and plants bugs in that.

A service of the contract suite answers, in another process that outlives this one.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.filters import FileFilter, GenerationFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import Lost, Provider
from stylestudio_desktop.services import generate, history, library, queue
from stylestudio_desktop.services.health import sweep_after_crash
from stylestudio_desktop.services.studio import Studio
from tests.contract.case import Case
from tests.contract.cases import all_cases
from tests.factories import brief_for
from tests.faults.victim import OnOneThread, work_off


def adapter_of(name: str, url: str, http: Http) -> tuple[Case, Provider]:
    """Return the adapter for a stand-in that another process plays."""
    kind = next(one for one in all_cases() if one.name == name)
    case = kind.__new__(kind)  # its own stand-in is not wanted: another process plays it
    case.server = SimpleNamespace(url=url)  # type: ignore[assignment]
    return case, case.provider(http)


def photos(studio: Studio, category: Category, wanted: bool) -> tuple[FileId, ...]:
    found = library.ids(studio, FileFilter(category=category.value)) if wanted else []
    return tuple(FileId(one) for one in found[:1])


def plant_sends_blindly(adapter: Any) -> None:
    """A bug: an order whose answer was lost is taken for one that never went out."""
    adapter.find_lost = lambda *_: Lost.NOT_SENT


def plant_forgets_the_id(_adapter: Any) -> None:
    """A bug: the service's id of an order is kept in memory only, and what was sent forgotten."""
    genuine = queue.not_sent
    queue.keep_ref = lambda *_: None
    queue.about_to_send = lambda studio, generation_id: genuine(studio, generation_id)


def plant_forgets_all(_adapter: Any) -> None:
    """A bug: neither that an order goes out is written down nor its id."""
    queue.about_to_send = lambda *_: None
    queue.keep_ref = lambda *_: None


planted: list[Callable[[Any], None]] = []
"""Bugs to plant in the adapter when it is made."""
BUGS = {
    "sends_blindly": partial(planted.append, plant_sends_blindly),
    "forgets_the_id": partial(planted.append, plant_forgets_the_id),
    "forgets_all": partial(planted.append, plant_forgets_all),
}


def main(workspace: Path, name: str, url: str) -> None:
    """Start one generation unless there is one, and work until nothing is left to do."""
    http = Http(pause_s=0.001)
    case, adapter = adapter_of(name, url, http)
    for plant in planted:
        plant(adapter)
    studio = open_studio(Workspace(workspace), {adapter.card.id: adapter})
    if not history.ids(studio, GenerationFilter()):
        models = [one for one in adapter.card.models if case.model in (None, one.id)]
        person = bool(models) and models[0].capabilities.needs_model_photo
        (product,) = photos(studio, Category.PRODUCT, True)
        people = photos(studio, Category.MODEL, person)
        brief = brief_for(product, provider=adapter.card.id, model=case.model, models=people)
        generate.start(studio, brief)
    runner = OnOneThread(studio, lambda: sweep_after_crash(studio))
    full = work_off(runner)
    close_studio(studio)
    http.close()
    sys.exit(3 if full else 0)
