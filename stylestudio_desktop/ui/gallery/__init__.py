"""The Gallery: every picture of the library, and the viewer that shows one of them large."""
