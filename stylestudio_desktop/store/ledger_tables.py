# ruff: noqa: D106
"""The ledger's tables as Peewee models: its entries, and the anchors of their chain of seals."""

from peewee import AutoField, BigIntegerField, BlobField, IntegerField, TextField

from stylestudio_desktop.store.model import Table


class TokenEntries(Table):
    """The ledger: append-only."""

    id = AutoField()
    user_id = BigIntegerField()
    kind = TextField()
    delta = IntegerField()
    settled = IntegerField()
    balance_after = IntegerField()
    generation_id = BigIntegerField(null=True)
    purchase_id = BigIntegerField(null=True)
    idempotency_key = TextField()
    created_at = BigIntegerField()
    mac = BlobField(null=True)

    class Meta:
        table_name = "token_entries"


class LedgerAnchors(Table):
    """Where the ledger's chain of seals begins, and why."""

    id = BigIntegerField(primary_key=True)
    at = BigIntegerField()
    reason = TextField()
    last_entry = IntegerField()
    mac = BlobField()

    class Meta:
        table_name = "ledger_anchors"
