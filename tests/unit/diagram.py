"""The data rules' two diagrams of states, drawn a second time for the tests to compare with."""

STATES = ("pending", "uploading", "processing", "completed", "failed", "cancelled")

# pending → uploading → processing → completed | failed | cancelled; any of the first three may
# fail or be cancelled; failed → pending is a retry. Nothing else.
RUN_ARROWS = {
    ("pending", "uploading"),
    ("uploading", "processing"),
    ("processing", "completed"),
    *((old, end) for old in STATES[:3] for end in ("failed", "cancelled")),
    ("failed", "pending"),
}

# pending → completed | failed; completed → refunded. Nothing else.
PURCHASE_ARROWS = {
    ("pending", "completed"),
    ("pending", "failed"),
    ("completed", "refunded"),
}
