"""Gives every table model the same base."""

from peewee import Model


class Table(Model):
    """Base of every model: SQL names as the data rules give them."""

    class Meta:  # noqa: D106
        legacy_table_names = False
