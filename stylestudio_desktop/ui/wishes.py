"""What one pane may ask of another, as plain values, so that no pane imports another."""

from dataclasses import dataclass

from stylestudio_desktop.domain.ids import FileId, GenerationId


@dataclass(frozen=True, slots=True)
class MakeMoreLike:
    """Asks Create to take up everything that made `generation`."""

    generation: GenerationId


@dataclass(frozen=True, slots=True)
class MakeLarger:
    """Asks Create for `picture` (or the first one of a generation) again, larger."""

    picture: int


@dataclass(frozen=True, slots=True)
class UseAsProduct:
    """Asks Create to begin with `files` as product photos."""

    files: tuple[FileId, ...]


@dataclass(frozen=True, slots=True)
class UseAsModel:
    """Asks Create to take `files` as the people who wear the product."""

    files: tuple[FileId, ...]


@dataclass(frozen=True, slots=True)
class ShowGeneration:
    """Asks History to open the story of `generation`."""

    generation: GenerationId


@dataclass(frozen=True, slots=True)
class ShowFiles:
    """Asks the Gallery to open the viewer on `files`."""

    files: tuple[FileId, ...]


@dataclass(frozen=True, slots=True)
class GetTokens:
    """Asks the Wallet for its packages, and to come back to pane `back` afterwards."""

    back: str


@dataclass(frozen=True, slots=True)
class ShowQueue:
    """Asks History for the queue and the batches."""


REOPEN, SWITCH = 75, 76
"""No exit codes: what the window's property "reopen" says of why it closed. Somebody else wants to
sit down, or another workspace was chosen; it opens again at once."""
