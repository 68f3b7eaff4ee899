"""Copies of the library: snapshots, full backups, restoring them, and proving that it works."""
