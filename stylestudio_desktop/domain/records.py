"""Rows as the rest of the house sees them: immutable, typed, and free of any database."""

from enum import Enum
from typing import Any, Generic, NamedTuple, TypeVar

Row = TypeVar("Row")


class Action(str, Enum):
    """What a usage record can be about."""

    GENERATION_STARTED = "generation_started"
    GENERATION_COMPLETED = "generation_completed"
    GENERATION_FAILED = "generation_failed"
    GENERATION_CANCELLED = "generation_cancelled"
    IMAGE_UPLOADED = "image_uploaded"
    IMAGE_DOWNLOADED = "image_downloaded"
    TOKENS_PURCHASED = "tokens_purchased"
    TOKENS_REFUNDED = "tokens_refunded"
    LOGIN = "login"
    LOGOUT = "logout"


class Page(NamedTuple, Generic[Row]):
    """Part of a list; `next` is the cursor of the following part, None at the end."""

    items: list[Row]
    next: str | None


class User(NamedTuple):
    """A person with a wallet on this machine. Times are UTC milliseconds."""

    id: int
    name: str
    email: str | None
    profile_image_id: int | None
    created_at: int
    last_login_at: int | None
    token_balance: int
    total_tokens_purchased: int
    total_tokens_used: int
    free_tokens_granted: int


class Generation(NamedTuple):
    """A generation with everything that was asked and what became of it.

    `price` is the frozen quote; `tokens_used` is what it costs now: the price while it is open,
    the charge once completed, nothing after a failure or a cancel.
    """

    id: int
    user_id: int
    status: str
    prompt: str
    negative_prompt: str
    full_prompt: str
    provider: str
    model: str | None
    style: str
    quality: str
    aspect_ratio: str
    pictures: int
    strength: float | None
    guidance_scale: float | None
    num_inference_steps: int | None
    seed: int | None
    options: str
    price: int
    tokens_used: int
    error_code: str | None
    error: str | None
    retry_count: int
    processing_time_ms: int | None
    remote_id: str | None
    created_at: int
    updated_at: int
    completed_at: int | None
    trashed_at: int | None
    batch_id: int | None = None


class GenerationCard(NamedTuple):
    """A generation as lists show it."""

    id: int
    status: str
    prompt: str
    provider: str
    style: str
    quality: str
    aspect_ratio: str
    pictures: int
    tokens_used: int
    error_code: str | None
    error: str | None
    retry_count: int
    processing_time_ms: int | None
    created_at: int
    updated_at: int
    completed_at: int | None
    model: str | None = None


class StoredFile(NamedTuple):
    """A picture of the library; its bytes lie in the file store under `storage_id`."""

    id: int
    user_id: int
    filename: str
    content_type: str
    size: int
    storage_id: str
    uploaded_at: int
    category: str
    width: int
    height: int
    format: str
    generation_id: int | None
    original_url: str | None
    favourite: int
    rating: int
    style: str | None
    provider: str | None
    facts: str
    trashed_at: int | None


class FileCard(NamedTuple):
    """A picture as the grid shows it."""

    id: int
    storage_id: str
    filename: str
    width: int
    height: int
    category: str
    favourite: int
    rating: int
    style: str | None
    provider: str | None
    generation_id: int | None
    trashed_at: int | None
    stack_id: int | None = None


class LinkedFile(NamedTuple):
    """A picture's part in a generation."""

    generation_id: int
    role: str
    position: int
    is_primary: int
    file_id: int
    storage_id: str
    filename: str
    width: int
    height: int


class StateChange(NamedTuple):
    """When a generation reached a state, in UTC milliseconds."""

    status: str
    at: int
    attempt: int


class TokenEntry(NamedTuple):
    """A line of the ledger."""

    id: int
    user_id: int
    kind: str
    delta: int
    settled: int
    balance_after: int
    generation_id: int | None
    purchase_id: int | None
    idempotency_key: str
    created_at: int


class Purchase(NamedTuple):
    """Tokens bought, or being bought.

    `amount` is in the smallest unit of `currency`; `request` is the JSON of what the gateway was
    asked for, `receipt` what it signed.
    """

    id: int
    user_id: int
    amount: int
    currency: str
    tokens_received: int
    status: str
    transaction_id: str
    stripe_checkout_session_id: str | None
    stripe_payment_intent_id: str | None
    payment_method: str | None
    package_name: str
    display_name: str
    error: str | None
    refund_reason: str | None
    created_at: int
    completed_at: int | None
    gateway: str | None = None
    mode: str | None = None
    request: str | None = None
    checkout_url: str | None = None
    receipt: str | None = None


class UsageRecord(NamedTuple):
    """Something that happened, for the log and the insights."""

    id: int
    user_id: int
    action: str
    timestamp: int
    session: str | None
    generation_id: int | None
    purchase_id: int | None
    file_id: int | None
    provider: str
    style: str
    tokens: int
    pictures: int
    duration_ms: int
    metadata: str


class Job(NamedTuple):
    """A place in the queue: one attempt of an open generation.

    `ref` and `outputs` are JSON as the provider protocol defines them; `review` names why a
    person must decide before it goes on.
    """

    generation_id: int
    intent_id: str
    attempt: int
    provider: str
    seed: int
    rank: int
    tries: int
    not_before: int
    host: str | None
    crashes: int
    submitted_at: int | None
    ref: str | None
    outputs: str | None
    stage: str
    progress: float | None
    cancel_requested: int
    review: str | None


class Count(NamedTuple):
    """A kept count with its sum (tokens for generations, bytes for files)."""

    key: str
    number: int
    total: int


class UsageDay(NamedTuple):
    """One line of the kept daily sums; `day` counts from 1970-01-01 UTC."""

    day: int
    action: str
    provider: str
    style: str
    number: int
    pictures: int
    tokens: int
    duration_ms: int


Json = dict[str, Any]


class Facet(NamedTuple):
    """How many live pictures have one value of a facet, such as a style or a rating."""

    facet: str
    value: str
    number: int


class Tag(NamedTuple):
    """A word put on pictures, and on how many live ones."""

    id: int
    name: str
    number: int


class Collection(NamedTuple):
    """A named set of pictures, and how many live ones it holds."""

    id: int
    name: str
    description: str
    created_at: int
    position: int
    number: int


class SavedQuery(NamedTuple):
    """A search kept under a name; `query` is its text."""

    id: int
    name: str
    query: str
    created_at: int
    position: int


class GalleryAction(NamedTuple):
    """A step in the gallery that can be undone; `forward` is JSON, `number` counts pictures."""

    id: int
    at: int
    kind: str
    forward: str
    number: int
    undone: int


class WatchFolder(NamedTuple):
    """A folder from which new pictures come in by themselves."""

    id: int
    path: str
    category: str
    enabled: int
    added_at: int


class WatchedFile(NamedTuple):
    """What a watched folder brought already, and how it looked then (`mtime` in ns)."""

    name: str
    size: int
    mtime: int
    state: str
