"""Copies of the library, and the way back from them."""
