"""Faults on purpose: kills, and errors of the disk."""
