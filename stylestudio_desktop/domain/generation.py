"""The life of a generation: its states and the one table of steps between them."""

from collections.abc import Mapping
from enum import Enum

from stylestudio_desktop.domain.errors import IllegalStep


class Status(str, Enum):
    """Where a generation stands."""

    PENDING = "pending"
    UPLOADING = "uploading"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


STEPS: Mapping[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.UPLOADING, Status.FAILED, Status.CANCELLED}),
    Status.UPLOADING: frozenset({Status.PROCESSING, Status.FAILED, Status.CANCELLED}),
    Status.PROCESSING: frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED}),
    Status.COMPLETED: frozenset(),
    Status.FAILED: frozenset({Status.PENDING}),
    Status.CANCELLED: frozenset(),
}

OPEN = frozenset({Status.PENDING, Status.UPLOADING, Status.PROCESSING})
CLOSED = frozenset(set(Status) - OPEN)


class Role(str, Enum):
    """What a file is to a generation."""

    PRODUCT = "product"
    MODEL = "model"
    BACKGROUND = "background"
    RESULT = "result"


class Category(str, Enum):
    """What a stored file is."""

    PRODUCT = "product_image"
    MODEL = "model_image"
    BACKGROUND = "background_image"
    GENERATED = "generated_image"
    PROFILE = "profile_image"


ROLE_CATEGORY: Mapping[Role, Category] = {
    Role.PRODUCT: Category.PRODUCT,
    Role.MODEL: Category.MODEL,
    Role.BACKGROUND: Category.BACKGROUND,
    Role.RESULT: Category.GENERATED,
}


class Review(str, Enum):
    """Why a job waits for a person instead of going on by itself."""

    OUTCOME_UNKNOWN = "outcome_unknown"
    CRASHED_TWICE = "crashed_twice"
    RESTORED = "restored"


def check_step(old: Status, new: Status) -> None:
    """Raise IllegalStep unless a generation may go from `old` to `new`."""
    if new not in STEPS[old]:
        raise IllegalStep(
            f"A {old.value} generation can't become {new.value}. Nothing was changed."
        )
