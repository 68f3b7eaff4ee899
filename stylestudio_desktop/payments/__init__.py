"""Buying tokens."""
