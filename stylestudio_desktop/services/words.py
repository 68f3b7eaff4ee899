"""Keeps the search fast behind everything else, in turns that nobody has to wait for."""

from collections.abc import Callable
from threading import Event

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import words

TURN = 256
"""Pages merged in one transaction: some 20 ms, in which nobody else can write."""


def tidy(studio: Studio, stop: Event, rest: Callable[[], None] = lambda: None) -> int:
    """Merge what the search gathered where that is worth it, and return how many turns it took.

    Each turn is durable by itself, and the next study goes on where one was stopped. `rest` is
    called between turns, with nothing held that others need. Raises StorageError.
    """
    turns = 0
    for index in words.INDEXES:
        if not words.segments(studio.database, index).scattered:
            continue
        more, pages = True, -TURN
        while more and not stop.is_set():
            rest()
            more, pages = words.merge(studio.database, index, pages), TURN
            turns += 1
    return turns
