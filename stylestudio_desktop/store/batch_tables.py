# ruff: noqa: D106
"""The tables of batches as Peewee models, beside those of `tables`."""

from peewee import BigIntegerField, IntegerField, TextField

from stylestudio_desktop.store.model import Table


class Batches(Table):
    """Many wishes under one name and one budget."""

    id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    name = TextField()
    status = TextField()
    reason = TextField(null=True)
    sentence = TextField(null=True)
    budget = IntegerField()
    total = IntegerField()
    price = IntegerField()
    created_at = BigIntegerField()
    updated_at = BigIntegerField()

    class Meta:
        table_name = "batches"


class BatchItems(Table):
    """The rows of a batch."""

    batch_id = BigIntegerField()
    position = IntegerField()
    line = IntegerField(null=True)
    sku = TextField()
    name = TextField()
    wish = TextField()
    price = IntegerField()
    state = TextField()
    error = TextField(null=True)
    generation_id = BigIntegerField(null=True)

    class Meta:
        table_name = "batch_items"
        primary_key = False


class BatchCounts(Table):
    """Kept counts of a batch's rows by where they stand; written by triggers."""

    batch_id = BigIntegerField()
    status = TextField()
    number = IntegerField()
    tokens = IntegerField()

    class Meta:
        table_name = "batch_counts"
        primary_key = False


BATCHES = (Batches, BatchItems, BatchCounts)
