"""What left this computer for a generation, as it is kept and told."""

from typing import NamedTuple


class Sending(NamedTuple):
    """What left this computer for one attempt of a generation.

    `photos` is a JSON list of {role, sha256, content_type, width, height, size}, `dropped` one of
    the names of settings that the model does not have.
    """

    generation_id: int
    attempt: int
    sent_at: int
    provider: str
    model: str
    photos: str
    dropped: str
