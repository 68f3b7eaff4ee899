"""Gives every table model the same base."""

from peewee import Model


class Table(Model):
    """Base of every model: SQL names as the data rules give them."""

    class Meta:  # noqa: D106
        legacy_table_names = False
        primary_key = False  # each names its own; a copy of ours is made for each otherwise
