"""The life of a token purchase: its states and the steps between them."""

from collections.abc import Mapping
from enum import Enum


class PurchaseStatus(str, Enum):
    """Where a purchase stands."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    REFUNDED = "refunded"


PURCHASE_STEPS: Mapping[PurchaseStatus, frozenset[PurchaseStatus]] = {
    PurchaseStatus.PENDING: frozenset({PurchaseStatus.COMPLETED, PurchaseStatus.FAILED}),
    PurchaseStatus.COMPLETED: frozenset({PurchaseStatus.REFUNDED}),
    PurchaseStatus.FAILED: frozenset(),
    PurchaseStatus.REFUNDED: frozenset(),
}
