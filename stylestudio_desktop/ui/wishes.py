"""What one pane may ask of another, as plain values, so that no pane imports another."""

from typing import NamedTuple

from stylestudio_desktop.domain.ids import FileId, GenerationId


class MakeMoreLike(NamedTuple):
    """Asks Create to take up everything that made `generation`."""

    generation: GenerationId


class MakeLarger(NamedTuple):
    """Asks Create for `picture` (or the first one of a generation) again, larger."""

    picture: int


class UseAsProduct(NamedTuple):
    """Asks Create to begin with `files` as product photos."""

    files: tuple[FileId, ...]


class UseAsModel(NamedTuple):
    """Asks Create to take `files` as the people who wear the product."""

    files: tuple[FileId, ...]


class UseAsBackground(NamedTuple):
    """Asks Create to set the product into the photo `file`."""

    file: FileId


class ShowGeneration(NamedTuple):
    """Asks History to open the story of `generation`."""

    generation: GenerationId


class ShowFiles(NamedTuple):
    """Asks the Gallery to open the viewer on `files`."""

    files: tuple[FileId, ...]


class GetTokens(NamedTuple):
    """Asks the Wallet for its packages, and to come back to pane `back` afterwards."""

    back: str


class CheckLibrary(NamedTuple):
    """Asks the Settings to check the library at once and to say what is wrong with it."""


class ShowQueue(NamedTuple):
    """Asks History for the queue and the batches."""


REOPEN, SWITCH = 75, 76
"""No exit codes: what the window's property "reopen" says of why it closed. Somebody else wants to
sit down, or another workspace was chosen; it opens again at once."""
