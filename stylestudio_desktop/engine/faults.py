"""What can go wrong inside the engine, in the words that reach the user."""


class EngineFault(Exception):
    """A job that cannot go on.

    `kind` is `input` (the photos do not fit: choose others), `content` (the result was not good
    enough to deliver) or `provider` (the engine itself failed); `sentence` is for people.
    """

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence


class Cancelled(Exception):
    """The job was stopped on request; nothing half-made is left behind."""
