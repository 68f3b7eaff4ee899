"""How the set-up talks: short lines that appear at once, and trouble told in sentences."""

import sys


class Trouble(Exception):
    """Something a person has to know; the text says what happened, what is safe, what to do."""


def line(text: str) -> None:
    """Print one line of progress at once, also into a pipe."""
    print(text, flush=True)


def headline(text: str) -> None:
    """Print a line that starts a new part of the output."""
    line(f"\n=== {text}")


def error(text: str) -> None:
    """Print a sentence where errors go."""
    sys.stdout.flush()
    print(text, file=sys.stderr, flush=True)


def make_printable() -> None:
    """Let a console that lacks a character show a stand-in, not stop the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
