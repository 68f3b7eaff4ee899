"""The database room: tables, migrations and one module of queries per table."""
