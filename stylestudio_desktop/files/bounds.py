"""The sizes that pictures may have, apart from what decodes them: the first paint needs no more."""

from enum import IntEnum
from typing import NamedTuple


class Limits(NamedTuple):
    """What one picture may be: bytes on disk and pixels (width × height) when decoded."""

    max_bytes: int = 10 * 1_048_576
    max_pixels: int = 50_000_000


DEFAULT_LIMITS = Limits()  # what people bring in
STORED_LIMITS = Limits(64 * 1_048_576, 100_000_000)  # results of services may be larger


class Tier(IntEnum):
    """A size of thumbnail, named by its longest side in pixels."""

    SMALL = 256
    LARGE = 1024
