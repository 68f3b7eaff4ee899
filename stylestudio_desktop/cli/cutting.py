"""What can be typed of the cut-out that pictures of a photo are made with."""

from collections.abc import Callable
from typing import Any


def words(add: Any, whole: Callable[[str], int]) -> None:
    """Add the command `mask` with its options; `whole` reads a whole number."""
    one = add("mask", "Show, mend or reset the cut-out that pictures of a photo are made with.")
    one.add_argument("id", metavar="ID", help="a product photo")
    ways = one.add_mutually_exclusive_group()
    ways.add_argument("--set", metavar="PNG", help="white is the product, black is not")
    ways.add_argument(
        "--only", metavar="N", type=whole, help="of several products in it, the N-th from the left"
    )
    ways.add_argument(
        "--sheer", choices=("on", "off", "auto"),
        help="lace, net, tulle: let the ground show through, keep it dense, or let the engine tell",
    )  # fmt: skip
    ways.add_argument("--reset", action="store_true", help="go back to the engine's own cut-out")
    ways.add_argument("--to", metavar="FILE", help="write the mask that holds, as a new grey PNG")
