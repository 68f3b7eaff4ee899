"""Buying tokens: a bank of our own to buy at, and the books held against it."""
