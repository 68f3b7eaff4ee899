"""Tells which networks an order will ask, so that they load side by side from its first moment."""

from stylestudio_desktop.engine import mannequins
from stylestudio_desktop.engine.networks import NEEDED, RECOGNITION, Key, Networks
from stylestudio_desktop.engine.order import Order


def asked_by(order: Order, networks: Networks, *, checked: bool = False) -> list[Key]:
    """Return the networks that `order` will ask; `checked` where its photos are only checked.

    A check looks at products as closely as a picture that is no draft, and only where a person
    or a background photo has to fit them.
    """
    if checked and not order.people and order.background is None:
        return []
    found: list[Key] = []
    if any(order.mask(number) is None for number in range(len(order.products))):
        found += networks.looking(swift=order.draft and not checked)
        if order.people and order.draft and not checked:  # the check before it looks closely
            found += networks.looking(swift=False)
    if any(not mannequins.is_one(path) for path in order.people):
        found += [(name, 0) for name in NEEDED]
    unnamed = any(order.kind(number) == "auto" for number in range(len(order.products)))
    if (unnamed or order.people) and networks.has(RECOGNITION):
        found.append((RECOGNITION, 0))
    return found
