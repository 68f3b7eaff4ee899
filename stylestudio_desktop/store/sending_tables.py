# ruff: noqa: D106
"""The table of what was sent to services, as a Peewee model."""

from peewee import BigIntegerField, IntegerField, TextField

from stylestudio_desktop.store.model import Table


class Sendings(Table):
    """What was sent to a service for an attempt."""

    generation_id = BigIntegerField()
    attempt = IntegerField()
    sent_at = BigIntegerField()
    provider = TextField()
    model = TextField()
    photos = TextField()
    dropped = TextField()

    class Meta:
        table_name = "sendings"
        primary_key = False


SENDING = (Sendings,)
