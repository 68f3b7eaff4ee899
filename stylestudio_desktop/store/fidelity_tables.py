# ruff: noqa: D106
"""The table of fidelity reports as a Peewee model, beside those of `tables`."""

from peewee import BigIntegerField, TextField

from stylestudio_desktop.store.model import Table


class FidelityReports(Table):
    """What became of the product in each picture; a row without a verdict is still due."""

    file_id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    verdict = TextField(null=True)
    made_at = BigIntegerField(null=True)
    report = TextField(null=True)

    class Meta:
        table_name = "fidelity_reports"


FIDELITY = (FidelityReports,)
