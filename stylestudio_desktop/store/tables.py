# ruff: noqa: D106
"""The tables as Peewee models, from which every query is built.

The models are not bound to a database: a query is built here once and run on whichever
database the caller holds. The schema itself is made by the migrations, which also carry the
checks and triggers; a test holds the two against each other, column by column.
"""

from peewee import SQL, BigIntegerField, FloatField, IntegerField, TextField

from stylestudio_desktop.store.batch_tables import BATCHES
from stylestudio_desktop.store.fidelity_tables import FIDELITY
from stylestudio_desktop.store.gallery_tables import GALLERY
from stylestudio_desktop.store.ledger_tables import LedgerAnchors, TokenEntries
from stylestudio_desktop.store.mask_tables import MASKS
from stylestudio_desktop.store.model import Table
from stylestudio_desktop.store.sending_tables import SENDING


class Meta(Table):
    """Facts about the workspace itself."""

    key = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "meta"


class Users(Table):
    """People with a wallet."""

    id = BigIntegerField(primary_key=True)
    name = TextField()
    email = TextField(null=True)
    email_norm = TextField(null=True)
    profile_image_id = BigIntegerField(null=True)
    email_verified_at = BigIntegerField(null=True)
    created_at = BigIntegerField()
    last_login_at = BigIntegerField(null=True)
    token_balance = IntegerField()
    total_tokens_purchased = IntegerField()
    total_tokens_used = IntegerField()
    free_tokens_granted = IntegerField()
    external_id = TextField(null=True)
    provider = TextField(null=True)
    passphrase = TextField(null=True)
    locked_at = BigIntegerField(null=True)
    deleted_at = BigIntegerField(null=True)

    class Meta:
        table_name = "users"


class Generations(Table):
    """What was asked, and what became of it."""

    id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    status = TextField()
    prompt = TextField()
    negative_prompt = TextField()
    full_prompt = TextField()
    provider = TextField()
    model = TextField(null=True)
    style = TextField()
    quality = TextField()
    aspect_ratio = TextField()
    count = IntegerField()
    strength = FloatField(null=True)
    guidance_scale = FloatField(null=True)
    num_inference_steps = IntegerField(null=True)
    seed = IntegerField(null=True)
    options = TextField()
    price = IntegerField()
    tokens_used = IntegerField()
    error_code = TextField(null=True)
    error = TextField(null=True)
    retry_count = IntegerField()
    processing_time_ms = IntegerField(null=True)
    remote_id = TextField(null=True)
    created_at = BigIntegerField()
    updated_at = BigIntegerField()
    completed_at = BigIntegerField(null=True)
    trashed_at = BigIntegerField(null=True)
    batch_id = BigIntegerField(null=True)

    class Meta:
        table_name = "generations"


class Files(Table):
    """Pictures of the library."""

    id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    filename = TextField()
    content_type = TextField()
    size = IntegerField()
    storage_id = TextField()
    uploaded_at = BigIntegerField()
    category = TextField()
    width = IntegerField()
    height = IntegerField()
    format = TextField()
    generation_id = BigIntegerField(null=True)
    original_url = TextField(null=True)
    favourite = IntegerField()
    rating = IntegerField()
    style = TextField(null=True)
    provider = TextField(null=True)
    facts = TextField()
    trashed_at = BigIntegerField(null=True)
    perceptual_hash = BigIntegerField(null=True)
    note = TextField(null=True)
    stack_id = BigIntegerField(null=True)
    colour = IntegerField(null=True)

    class Meta:
        table_name = "files"


class GenerationFiles(Table):
    """Which pictures a generation uses and made."""

    generation_id = BigIntegerField()
    role = TextField()
    position = IntegerField()
    file_id = BigIntegerField()
    is_primary = IntegerField()

    class Meta:
        table_name = "generation_files"
        primary_key = False


class GenerationStates(Table):
    """When each state was reached; written by triggers."""

    id = BigIntegerField(primary_key=True)
    generation_id = BigIntegerField()
    status = TextField()
    at = BigIntegerField()
    attempt = IntegerField()

    class Meta:
        table_name = "generation_states"


class TokenPurchases(Table):
    """Tokens bought, or being bought."""

    id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    amount = IntegerField()
    currency = TextField()
    tokens_received = IntegerField()
    status = TextField()
    transaction_id = TextField()
    stripe_checkout_session_id = TextField(null=True)
    stripe_payment_intent_id = TextField(null=True)
    payment_method = TextField(null=True)
    package_name = TextField()
    display_name = TextField()
    error = TextField(null=True)
    refund_reason = TextField(null=True)
    created_at = BigIntegerField()
    completed_at = BigIntegerField(null=True)
    gateway = TextField(null=True)
    mode = TextField(null=True)
    request = TextField(null=True)
    checkout_url = TextField(null=True)
    receipt = TextField(null=True)

    class Meta:
        table_name = "token_purchases"


class TokenRefunds(Table):
    """Money that went back, or is on its way, by the gateway's own id."""

    id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    purchase_id = BigIntegerField()
    kind = TextField()
    status = TextField()
    remote_id = TextField(null=True)
    amount = IntegerField()
    tokens = IntegerField()
    taken = IntegerField()
    reason = TextField(null=True)
    created_at = BigIntegerField()
    updated_at = BigIntegerField()

    class Meta:
        table_name = "token_refunds"


class Usage(Table):
    """What happened, for the log and the insights."""

    id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    action = TextField()
    timestamp = BigIntegerField()
    session = TextField(null=True)
    generation_id = BigIntegerField(null=True)
    purchase_id = BigIntegerField(null=True)
    file_id = BigIntegerField(null=True)
    provider = TextField()
    style = TextField()
    tokens = IntegerField()
    pictures = IntegerField()
    duration_ms = IntegerField()
    metadata = TextField()

    class Meta:
        table_name = "usage"


class Jobs(Table):
    """The queue: one row for each open generation."""

    generation_id = BigIntegerField(primary_key=True)
    intent_id = TextField()
    attempt = IntegerField()
    provider = TextField()
    seed = IntegerField()
    rank = BigIntegerField()
    tries = IntegerField()
    not_before = BigIntegerField()
    host = TextField(null=True)
    crashes = IntegerField()
    submitted_at = BigIntegerField(null=True)
    ref = TextField(null=True)
    outputs = TextField(null=True)
    stage = TextField()
    progress = FloatField(null=True)
    cancel_requested = IntegerField()
    review = TextField(null=True)

    class Meta:
        table_name = "jobs"


class Pauses(Table):
    """Services (or, as "*", the whole queue) that take no new work for now."""

    provider = TextField(primary_key=True)
    until = BigIntegerField(null=True)
    reason = TextField()
    sentence = TextField()

    class Meta:
        table_name = "pauses"


class GenerationCounts(Table):
    """Kept counts of generations by status; written by triggers."""

    user_id = BigIntegerField()
    status = TextField()
    number = IntegerField()
    tokens = IntegerField()

    class Meta:
        table_name = "generation_counts"
        primary_key = False


class FileCounts(Table):
    """Kept counts of pictures by category; written by triggers."""

    user_id = BigIntegerField()
    category = TextField()
    trashed = IntegerField()
    number = IntegerField()
    bytes = IntegerField()

    class Meta:
        table_name = "file_counts"
        primary_key = False


class UsageDays(Table):
    """Kept daily sums of usage; written by triggers."""

    user_id = BigIntegerField()
    day = IntegerField()
    action = TextField()
    provider = TextField()
    style = TextField()
    number = IntegerField()
    pictures = IntegerField()
    tokens = IntegerField()
    duration_ms = IntegerField()

    class Meta:
        table_name = "usage_days"
        primary_key = False


ALL = (
    Meta,
    Users,
    Generations,
    Files,
    GenerationFiles,
    GenerationStates,
    TokenPurchases,
    TokenRefunds,
    TokenEntries,
    LedgerAnchors,
    Usage,
    Jobs,
    Pauses,
    GenerationCounts,
    FileCounts,
    UsageDays,
    *GALLERY,
    *BATCHES,
    *SENDING,
    *FIDELITY,
    *MASKS,
)

PLACE = SQL("?")
