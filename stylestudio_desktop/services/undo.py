"""Takes back what was done in the gallery, and does it again, across restarts.

Every step changed one attribute of some pictures to one value. Undo first looks whether all of
them still have it; where somebody changed one since, nothing is taken back. Portions are undone
one by one, and what was interrupted goes on at the next call.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

from stylestudio_desktop.domain.errors import IllegalStep
from stylestudio_desktop.domain.events import FilesChanged
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.records import GalleryAction
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import undoing

MOST_STEPS = 100
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One attribute of pictures (of tag or collection `key`) brought to `value`."""

    attribute: str
    key: int
    value: Any

    def write(self) -> str:
        """Return the step as JSON; ids are strings there."""
        return json.dumps({"attribute": self.attribute, "key": str(self.key), "value": self.value})

    @staticmethod
    def read(text: str) -> "Step":
        """Return the step that `write` wrote."""
        kept = json.loads(text)
        return Step(kept["attribute"], int(kept["key"]), kept["value"])


@dataclass(frozen=True, slots=True)
class Taken:
    """What undo or redo did: the step, and how many pictures it changed.

    `finished` is False if it was stopped; the next call goes on.
    """

    action_id: int
    kind: str
    changed: int
    finished: bool


class Writer:
    """Carries out a step and journals it, portion by portion, inside the caller's transactions."""

    def __init__(self, studio: Studio, step: Step) -> None:
        """Begin; the journal's row is made with the first portion that changes anything."""
        self._studio, self._step = studio, step
        self._parts = 0
        self.number = 0
        self.action_id: int | None = None

    def add(self, was: Mapping[int, Any], becomes: Mapping[int, Any]) -> None:
        """Change some pictures and keep what they were."""
        database, user = self._studio.database, self._studio.user_id
        if self.action_id is None:
            self.action_id = new_id()
            kind = kind_of(self._step)
            row = GalleryAction(self.action_id, now_ms(), kind, self._step.write(), 0, 0)
            undoing.begin(database, user, row, MOST_STEPS)
        kept = undoing.packed(database, user, was)
        undoing.write(database, user, self._step.attribute, self._step.key, becomes)
        self.number += len(was)
        undoing.add_part(database, self.action_id, self._parts, kept, self.number)
        self._parts += 1


_KINDS = {
    ("rating", True): "rated",
    ("rating", False): "rated",
    ("favourite", True): "marked",
    ("favourite", False): "unmarked",
    ("note", True): "noted",
    ("note", False): "unnoted",
    ("trashed_at", True): "trashed",
    ("trashed_at", False): "restored",
    ("stack_id", False): "unstacked",
    ("tag", True): "tagged",
    ("tag", False): "untagged",
    ("collection", True): "collected",
    ("collection", False): "uncollected",
}


def kind_of(step: Step) -> str:
    """Return the name of what a step does, such as rated, tagged or trashed."""
    joins = step.value is not None if step.attribute != "favourite" else bool(step.value)
    return _KINDS[step.attribute, joins]


def steps(studio: Studio, limit: int = MOST_STEPS) -> list[GalleryAction]:
    """Return what can be undone, newest first."""
    return undoing.history(studio.database, studio.user_id, limit)


def next_undo(studio: Studio) -> GalleryAction | None:
    """Return the step that undo would take back, or None."""
    return undoing.last_done(studio.database, studio.user_id)


def next_redo(studio: Studio) -> GalleryAction | None:
    """Return the step that redo would do again, or None."""
    return undoing.last_undone(studio.database, studio.user_id)


def undo(
    studio: Studio,
    progress: Progress = lambda _done, _all: None,
    cancelled: Event | None = None,
    action_id: int | None = None,
) -> Taken | None:
    """Take back the newest step; None if there is none.

    With `action_id` (a toast's) only if that is the newest. Raises IllegalStep, with nothing
    changed, if pictures of it were changed since; `forget` then clears the way to older steps.
    """
    action = next_undo(studio)
    if action_id is not None and (action is None or action.id != action_id):
        raise IllegalStep(
            "Something else was done since, or this was undone already. Nothing was changed. "
            "Undo the newer steps first."
        )
    return None if action is None else _turn(studio, action, True, progress, cancelled)


def redo(
    studio: Studio,
    progress: Progress = lambda _done, _all: None,
    cancelled: Event | None = None,
) -> Taken | None:
    """Do again what was undone last; None if there is nothing. Raises IllegalStep as undo does."""
    action = next_redo(studio)
    return None if action is None else _turn(studio, action, False, progress, cancelled)


def forget(studio: Studio, action_id: int) -> None:
    """Take a step out of the list of what can be undone; the pictures stay as they are."""
    with studio.database.write():
        undoing.forget(studio.database, studio.user_id, action_id)


def _turn(
    studio: Studio, action: GalleryAction, back: bool, progress: Progress, cancelled: Event | None
) -> Taken:
    """Undo (`back`) or redo a step: first see that every picture allows it, then change them."""
    database = studio.database
    step = Step.read(action.forward)
    if not undoing.exists(database, studio.user_id, step.attribute, step.key):
        raise IllegalStep(_GONE.format(step.attribute))
    for _, text in undoing.parts(database, action.id, undone=not back):
        _allowed(studio, step, text, back)
    changed, finished = 0, True
    for part, text in undoing.parts(database, action.id, undone=not back):
        if cancelled is not None and cancelled.is_set():
            finished = False
            break
        with database.write():
            # Looked at once more under the write lock: the worker may have been in between.
            was = _allowed(studio, step, text, back)
            becomes = was if back else _forward(step, was)
            undoing.write(database, studio.user_id, step.attribute, step.key, becomes)
            undoing.mark_part(database, action.id, part, back)
            studio.tell(FilesChanged(tuple(was)))
        changed += len(was)
        progress(changed, action.number)
    if finished:
        with database.write():
            undoing.mark(database, action.id, back)
    return Taken(action.id, action.kind, changed, finished)


def _forward(step: Step, was: Mapping[int, Any]) -> dict[int, Any]:
    """Return what pictures become when a step is done again; a collection grows at its end."""
    if step.attribute == "collection" and step.value is not None:
        return {one: step.value + place for place, one in enumerate(was)}
    return dict.fromkeys(was, step.value)


def _allowed(studio: Studio, step: Step, text: str, back: bool) -> dict[int, Any]:
    """Return what the pictures of a portion were, or raise IllegalStep if one is not as left."""
    was = undoing.unpacked(studio.database, studio.user_id, text)
    if was is None:
        raise IllegalStep(_CHANGED)
    now = undoing.read(studio.database, studio.user_id, step.attribute, step.key, list(was))
    for one, before in was.items():
        expected = step.value if back else before
        if one not in now or not _same(step, now[one], expected):
            raise IllegalStep(_CHANGED)
    return was


def _same(step: Step, value: Any, expected: Any) -> bool:
    if step.attribute == "collection":
        return (value is None) == (expected is None)
    return bool(value == expected)


_CHANGED = (
    "Some of these pictures were changed, moved or deleted since, so this step can't be taken "
    "back as a whole. Nothing was changed. Forget this step to reach the ones before it."
)
_GONE = (
    "The {} that this step was about is not there any more. Nothing was changed. Forget this step "
    "to reach the ones before it."
)
