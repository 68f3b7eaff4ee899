"""A rule that does not hold, in the words that people and programs get."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`rule` names what is broken, `subject` the row or file, `sentence` tells it to people."""

    rule: str
    subject: str
    sentence: str
