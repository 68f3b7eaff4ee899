"""Facts that services publish after they are committed; the window listens."""

from typing import NamedTuple

from stylestudio_desktop.domain.errors import Remedy


class GenerationStarted(NamedTuple):
    """A generation was created, its tokens held and its place in the queue taken."""

    generation_id: int
    batch_id: int | None = None


class GenerationMoved(NamedTuple):
    """A generation reached another open state, or waits for a person."""

    generation_id: int
    status: str


class GenerationProgressed(NamedTuple):
    """A running generation told how far it is (0 to 1, or None where that is not known)."""

    generation_id: int
    stage: str
    progress: float | None


class GenerationCompleted(NamedTuple):
    """Pictures are saved and paid for."""

    generation_id: int
    file_ids: tuple[int, ...]


class GenerationEnded(NamedTuple):
    """A generation failed or was cancelled; its tokens are back."""

    generation_id: int
    status: str


class BalanceChanged(NamedTuple):
    """A user's balance is another."""

    user_id: int
    balance: int


class PurchaseChanged(NamedTuple):
    """A purchase was begun, paid, refunded, or did not come about."""

    user_id: int
    purchase_id: int
    status: str


class FilesImported(NamedTuple):
    """Pictures joined the library."""

    file_ids: tuple[int, ...]


class FilesChanged(NamedTuple):
    """Pictures were rated, marked, trashed, restored or purged."""

    file_ids: tuple[int, ...]


class GenerationsChanged(NamedTuple):
    """Generations were trashed or restored."""

    generation_ids: tuple[int, ...]


class QueueChanged(NamedTuple):
    """The queue was paused, resumed or reordered."""


class ServicePaused(NamedTuple):
    """A service takes no new work for a reason of its own; `reason` is an error's code.

    `until` is when it goes on by itself (UTC milliseconds), None where somebody must cure it.
    """

    provider: str
    until: int | None
    reason: str
    sentence: str


class BatchChanged(NamedTuple):
    """A batch was started, went on, rests, or ended."""

    batch_id: int


class LedgerChecked(NamedTuple):
    """The ledger's chain of seals was checked; `state` as in `domain.seal.State`."""

    state: str
    sentence: str


class StorageWaited(NamedTuple):
    """The queue waits for its disk, and why; it goes on by itself. Without words it has gone on."""

    sentence: str
    remedy: Remedy = Remedy.NONE


class ServicesChanged(NamedTuple):
    """A picture service was added, changed, put elsewhere in the order, or removed."""


Event = (
    GenerationStarted
    | GenerationMoved
    | GenerationProgressed
    | GenerationCompleted
    | GenerationEnded
    | BalanceChanged
    | PurchaseChanged
    | FilesImported
    | FilesChanged
    | GenerationsChanged
    | QueueChanged
    | ServicePaused
    | BatchChanged
    | LedgerChecked
    | StorageWaited
    | ServicesChanged
)
"""Every fact."""
