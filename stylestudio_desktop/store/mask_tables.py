# ruff: noqa: D106
"""The table of mended cut-outs as a Peewee model, beside those of `tables`."""

from peewee import BigIntegerField, BlobField, IntegerField, TextField

from stylestudio_desktop.store.model import Table


class CutoutMasks(Table):
    """What belongs to the product in a photo, as somebody painted it: a grey PNG."""

    file_id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    made_at = BigIntegerField()
    width = IntegerField()
    height = IntegerField()
    digest = TextField()
    png = BlobField()

    class Meta:
        table_name = "cutout_masks"


MASKS = (CutoutMasks,)
