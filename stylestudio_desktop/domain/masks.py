"""What a mended cut-out is: a grey picture that says what belongs to the product in a photo."""

from typing import NamedTuple

LONGEST = 2048
"""The longest side of a kept mask in pixels: more than a finished picture shows of a product."""
MAX_BYTES = 8_388_608
LEAST_SHARE = 0.001
"""The share of its frame that a product must cover, or there is nothing to show."""


class Mask(NamedTuple):
    """One kept mask; `digest` is the SHA-256 of its PNG, in hexadecimal digits."""

    file_id: int
    made_at: int
    width: int
    height: int
    digest: str
