"""Compares a product photo with a picture made of it, and says in figures what became of it."""
