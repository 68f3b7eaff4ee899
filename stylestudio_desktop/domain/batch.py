"""Batches: many wishes under one name and one budget, as a plan before and as rows afterwards."""

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

MOST_ROWS = 50_000
"""Pictures' wishes in one batch; more are several batches."""


class BatchStatus(str, Enum):
    """What a batch does: begin its rows, rest, have begun them all, or have been given up."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class ItemState(str, Enum):
    """Where one row of a batch stands; what became of a started one its generation tells."""

    WAITING = "waiting"
    STARTED = "started"
    REFUSED = "refused"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Wish:
    """One generation that a batch will ask for, before its photos are in the library.

    `products`, `models` and `background` are absolute paths, or ids of the library's photos as
    digits. `options` are a brief's, as pairs. `line` is the table's line, None without a table.
    """

    products: tuple[str, ...]
    models: tuple[str, ...] = ()
    background: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    style: str = "realistic"
    quality: str = "standard"
    ratio: str = "1:1"
    prompt: str = ""
    negative_prompt: str = ""
    provider: str = "local"
    service_model: str | None = None
    seed: int | None = None
    count: int = 1
    sku: str = ""
    name: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line of a table, or one file given."""

    line: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch would make, cost and take, before anything is started.

    `prices` are tokens, one for each wish; `seconds` is None where nobody can know. `within` is
    how many wishes the budget covers, in their order.
    """

    name: str
    wishes: tuple[Wish, ...]
    prices: tuple[int, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    seconds: float | None
    balance: int | None
    budget: int | None = None
    within: int = field(default=0)

    @property
    def price(self) -> int:
        """Return what all of it costs, in tokens."""
        return sum(self.prices)

    @property
    def pictures(self) -> int:
        """Return how many pictures are asked for."""
        return sum(wish.count for wish in self.wishes)

    @property
    def most(self) -> int:
        """Return the most that may be spent: the price, or the budget where that is less."""
        return self.price if self.budget is None else min(self.price, self.budget)


class Batch(NamedTuple):
    """A batch as its row says; `sentence` tells why it rests. Times are UTC milliseconds."""

    id: int
    user_id: int
    name: str
    status: str
    reason: str | None
    sentence: str | None
    budget: int
    total: int
    price: int
    created_at: int
    updated_at: int


class BatchItem(NamedTuple):
    """One row of a batch; `wish` is the `Wish` as JSON, `price` its frozen tokens."""

    batch_id: int
    position: int
    line: int | None
    sku: str
    name: str
    wish: str
    price: int
    state: str
    error: str | None
    generation_id: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A batch and how far it is, in rows; `tokens` are those charged and held."""

    batch: Batch
    waiting: int
    open: int
    completed: int
    failed: int
    cancelled: int
    refused: int
    dropped: int
    tokens: int

    @property
    def ended(self) -> int:
        """Return how many rows have come to an end of some kind."""
        return max(0, self.batch.total - self.waiting - self.open)

    @property
    def share(self) -> float:
        """Return how much is done, 0 to 1."""
        return self.ended / self.batch.total

    @property
    def over(self) -> bool:
        """Say whether nothing of it waits or runs any more."""
        return not self.open and (not self.waiting or self.batch.status == "cancelled")

    @property
    def going_on(self) -> bool:
        """Say whether it will go further by itself."""
        return not self.over and (self.batch.status != BatchStatus.PAUSED.value or self.open > 0)
