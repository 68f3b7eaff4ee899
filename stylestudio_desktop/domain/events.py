"""Facts that services publish after they are committed; the window listens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Base of every fact."""


@dataclass(frozen=True, slots=True)
class GenerationStarted(Event):
    """A generation was created, its tokens held and its place in the queue taken."""

    generation_id: int
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class GenerationMoved(Event):
    """A generation reached another open state, or waits for a person."""

    generation_id: int
    status: str


@dataclass(frozen=True, slots=True)
class GenerationProgressed(Event):
    """A running generation told how far it is (0 to 1, or None where that is not known)."""

    generation_id: int
    stage: str
    progress: float | None


@dataclass(frozen=True, slots=True)
class GenerationCompleted(Event):
    """Pictures are saved and paid for."""

    generation_id: int
    file_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GenerationEnded(Event):
    """A generation failed or was cancelled; its tokens are back."""

    generation_id: int
    status: str


@dataclass(frozen=True, slots=True)
class BalanceChanged(Event):
    """A user's balance is another."""

    user_id: int
    balance: int


@dataclass(frozen=True, slots=True)
class PurchaseChanged(Event):
    """A purchase was begun, paid, refunded, or did not come about."""

    user_id: int
    purchase_id: int
    status: str


@dataclass(frozen=True, slots=True)
class FilesImported(Event):
    """Pictures joined the library."""

    file_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FilesChanged(Event):
    """Pictures were rated, marked, trashed, restored or purged."""

    file_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GenerationsChanged(Event):
    """Generations were trashed or restored."""

    generation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class QueueChanged(Event):
    """The queue was paused, resumed or reordered."""


@dataclass(frozen=True, slots=True)
class ServicePaused(Event):
    """A service takes no new work for a reason of its own; `reason` is an error's code.

    `until` is when it goes on by itself (UTC milliseconds), None where somebody must cure it.
    """

    provider: str
    until: int | None
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BatchChanged(Event):
    """A batch was started, went on, rests, or ended."""

    batch_id: int


@dataclass(frozen=True, slots=True)
class LedgerChecked(Event):
    """The ledger's chain of seals was checked; `state` as in `domain.seal.State`."""

    state: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ServicesChanged(Event):
    """A picture service was added, changed, put elsewhere in the order, or removed."""
