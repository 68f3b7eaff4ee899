"""Holds the draft and what must be known to judge it; the pages show it and change it here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from stylestudio_desktop.domain import scene
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import NeedsConsent, StudioError
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.domain.records import FileCard, Generation
from stylestudio_desktop.providers.protocol import Capabilities, ModelCard, Readiness, ServiceCard
from stylestudio_desktop.services import (
    connections,
    consents,
    enlarging,
    generate,
    library,
    sources,
    wallet,
)
from stylestudio_desktop.services.estimates import Estimates, learn
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.create import background
from stylestudio_desktop.ui.create import draft as drafts
from stylestudio_desktop.ui.create.draft import Bill, Draft, Photo, Problem
from stylestudio_desktop.ui.create.photos import Photos
from stylestudio_desktop.ui.create.remembered import from_memory, to_memory
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Task, Tasks

_CHECK_AFTER_MS = 250
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known around the draft; `doubts` are the service's sentences on its photos."""

    balance: int | None = None
    estimates: Estimates = field(default_factory=lambda: Estimates({}))
    doubts: tuple[str, ...] = ()
    readiness: dict[str, Readiness] = field(default_factory=dict)
    starting: bool = False


class Desk(QObject):
    """The draft on the desk.

    `changed()` is emitted after the draft or the situation changed, `started(generations)` after
    work was begun, `failed(error)` for what went wrong in the background, and
    `consent_wanted(name)` when photos of people would go to a service without consent.
    """

    changed = Signal()
    started = Signal(list)
    failed = Signal(object)
    consent_wanted = Signal(str)

    def __init__(self, studio: Studio, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self.studio = studio
        self.tasks = tasks
        self.photos = Photos(studio, tasks, self)
        self.draft = from_memory({}, studio.catalogue, list(studio.providers))
        self.situation = Situation()
        self._checking: Task[list[str]] | None = None
        self._stop_check = Event()
        self._check_later = QTimer(self)
        self._check_later.setSingleShot(True)
        self._check_later.setInterval(_CHECK_AFTER_MS)
        self._check_later.timeout.connect(self._check)

    @property
    def able(self) -> Capabilities:
        """What the chosen service and model can do."""
        return self.model.capabilities

    @property
    def card(self) -> ServiceCard:
        """The chosen service; the first one in use where it was removed meanwhile."""
        providers = self.studio.providers
        found = providers.get(self.draft.provider)
        return (next(iter(providers.values())) if found is None else found).card

    @property
    def model(self) -> ModelCard:
        """The chosen model of the service, or its first one."""
        models = self.card.models
        return next((one for one in models if one.id == self.draft.model), models[0])

    @property
    def checking(self) -> bool:
        """Return whether the photos are about to be checked."""
        return self._check_later.isActive()

    def problems(self) -> tuple[Problem, ...]:
        """Return what keeps the draft from being made."""
        known = self.situation.readiness.get(self.draft.provider)
        ready = (known is None or known.ready) and not self.model.refusal
        return drafts.problems(self.draft, self.able, ready)

    def bill(self) -> Bill:
        """Return what the draft costs."""
        return drafts.bill(self.draft, self.studio.catalogue, self.situation.balance)

    def expected_ms(self) -> float | None:
        """Return how long the draft will take, None without experience."""
        made, pictures = self.situation.estimates, self.bill().pictures
        return made.expected_ms(self.draft.provider, self.draft.quality, pictures)

    def edit(self, **changes: Any) -> None:
        """Change the draft."""
        self.put(replace(self.draft, **changes))

    def put(self, draft: Draft) -> None:
        """Lay another draft on the desk."""
        if draft == self.draft:
            return
        old, self.draft = self.draft, draft
        if _photos_of(old) != _photos_of(draft):
            self._look_again()
        self.changed.emit()

    def memory(self) -> dict[str, Any]:
        """Return the draft as plain JSON values."""
        return to_memory(self.draft)

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up a remembered draft, and let go of photos that are no longer there."""
        self.put(from_memory(memory, self.studio.catalogue, list(self.studio.providers)))
        wanted = [one.id for one in self.draft.photos]
        if wanted:
            self.run(lambda: library.cards(self.studio, wanted), self._on_still_there)

    def add(self, category: Category, photos: Sequence[Photo]) -> None:
        """Add photos in the part that `category` says."""
        if category is Category.PRODUCT:
            chosen = drafts.added(self.draft.products, photos, drafts.MOST_ALONE)
            self.edit(products=chosen)
        elif category is Category.BACKGROUND:
            if photos:  # another photo has another ground
                self.edit(background=photos[-1], plane=scene.AUTO)
        else:
            most = max(1, self.able.max_models)
            kept = self.draft.models[: max(0, most - len(photos))]
            self.edit(models=drafts.added(kept, photos, most))

    def use(self, category: Category, wanted: Sequence[int]) -> None:
        """Add pictures of the library, whatever they were kept as."""
        self.run(
            lambda: sources.use_as(self.studio, wanted, category),
            lambda cards: self.add(category, [as_photo(card) for card in cards]),
        )

    def like(self, generation_id: int, then: Callable[[], None]) -> None:
        """Take up everything that made a generation."""
        self._take_up(lambda: generate.brief_of(self.studio, generation_id), then, again=False)

    def larger(self, picture: int, then: Callable[[], None]) -> None:
        """Take up what made a picture, its seed too, at the largest size there is."""
        self._take_up(lambda: enlarging.larger(self.studio, picture).brief, then, again=True)

    def _take_up(self, asked: Callable[[], Brief], then: Callable[[], None], again: bool) -> None:
        studio = self.studio

        def read() -> tuple[Brief, list[FileCard]]:
            brief = asked()
            return brief, library.cards(studio, brief.photos)

        def take(found: tuple[Brief, list[FileCard]]) -> None:
            brief, cards = found
            there = {card.id: as_photo(card) for card in cards if card.trashed_at is None}
            made = drafts.like(
                brief,
                [there[one] for one in brief.products if one in there],
                [there[one] for one in brief.models if one in there],
                None if brief.background is None else there.get(brief.background),
            )
            made = replace(made, seed=brief.seed if again else None)
            self.put(from_memory(to_memory(made), studio.catalogue, list(studio.providers)))
            then()

        self.run(read, take)

    def refresh(self) -> None:
        """Read balance and experience anew; no balance is told while the ledger is broken."""

        def read() -> tuple[int | None, Estimates]:
            return wallet.told(self.studio), learn(self.studio)

        def take(found: tuple[int | None, Estimates]) -> None:
            self.learn(balance=found[0], estimates=found[1])

        self.run(read, take)

    def ask_services(self) -> None:
        """Look which services take work now, as far as this computer knows."""
        self.run(
            lambda: connections.standing(self.studio),
            self._on_standing,
        )

    def agree(self) -> None:
        """Keep the consent to send photos of people to the chosen service, and start."""
        studio, provider = self.studio, self.draft.provider
        self.run(lambda: consents.give(studio, provider), lambda _done: self.start())

    def _on_standing(self, found: dict[str, Readiness]) -> None:
        self.learn(readiness=found)
        if self.draft.provider not in found or self.draft.model not in (None, self.model.id):
            known = from_memory(to_memory(self.draft), self.studio.catalogue, list(found))
            self.put(replace(known, model=None))

    def learn(self, **facts: Any) -> None:
        """Take what has become known."""
        new = replace(self.situation, **facts)
        if new != self.situation:
            self.situation = new
            self.changed.emit()

    def start(self) -> None:
        """Begin what the draft asks for: all of it, or nothing."""
        if self.situation.starting or self.problems() or self.bill().short:
            return
        wanted = drafts.briefs(self.draft, self.able)
        self.learn(starting=True)

        def begun(made: list[Generation]) -> None:
            self.learn(starting=False)
            self.started.emit(made)
            self.refresh()

        def refused(error: Exception) -> None:
            self.learn(starting=False)
            if isinstance(error, NeedsConsent):
                self.consent_wanted.emit(consents.named(self.studio, self.draft.provider))
                return
            self.refresh()
            self._on_failure(error)

        start = attached(self.studio, lambda: generate.start_many(self.studio, wanted))
        background.run(self.tasks, start, begun, refused, self)

    def run(self, op: Callable[[], Any], success: Callable[[Any], None] | None = None) -> None:
        """Do something in the background; what goes wrong is told by `failed`."""
        background.run(self.tasks, attached(self.studio, op), success, self._on_failure, self)

    def close(self) -> None:
        """Stop what runs; called before the library closes."""
        self._check_later.stop()
        self._stop_check.set()
        self.photos.close()

    def _on_failure(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self.failed.emit(error)

    def _on_still_there(self, cards: list[FileCard]) -> None:
        there = {card.id: card for card in cards if card.trashed_at is None}
        behind = self.draft.background
        self.edit(
            products=_known(self.draft.products, there),
            models=_known(self.draft.models, there),
            background=behind if behind is not None and behind.id in there else None,
        )

    def _look_again(self) -> None:
        self._stop_check.set()
        if self._checking is not None:
            self._checking.cancel()
            self._checking = None
        self.situation = replace(self.situation, doubts=())
        draft = self.draft
        if draft.products and (draft.models or (draft.background and self.able.scenes)):
            self._check_later.start()
        else:
            self._check_later.stop()

    def _check(self) -> None:
        wanted = drafts.briefs(self.draft, self.able)
        stop = self._stop_check = Event()
        studio = self.studio

        def read() -> list[str]:
            found: dict[str, None] = {}
            for brief in wanted:
                found.update(dict.fromkeys(sources.doubts(studio, brief, stop)))
            return list(found)

        self._checking = background.run(
            self.photos.slow,
            attached(studio, read),
            lambda found: self.learn(doubts=tuple(found)),
            self._on_unchecked,
            self,
        )

    def _on_unchecked(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self.learn(doubts=(spoken(error.sentence),))


def as_photo(card: FileCard, kind: str = "auto") -> Photo:
    """Return a picture of the library as a photo of the draft."""
    return Photo(FileId(card.id), card.storage_id, card.filename, kind)


def _known(photos: Sequence[Photo], there: dict[int, FileCard]) -> tuple[Photo, ...]:
    return tuple(
        replace(as_photo(there[one.id]), kind=one.kind) for one in photos if one.id in there
    )


def _photos_of(draft: Draft) -> tuple[Any, ...]:
    """Return what the service's doubts depend on."""
    found: tuple[Any, ...] = (draft.products, draft.models, draft.together, draft.provider)
    if draft.background is None:
        return found
    place = draft.plane, draft.size, draft.arrangement, draft.quality, draft.ratio
    return (*found, draft.background, *place)
