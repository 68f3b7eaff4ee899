"""Says before anything is charged whether photos of product and person fit together."""

from stylestudio_desktop.engine import photo
from stylestudio_desktop.engine.networks import Networks
from stylestudio_desktop.engine.order import WORN, Order

CHECK_SIDE = 640
NEEDED = ("modnet", "pose_landmark", "selfie_multiclass")


def reasons(order: Order, networks: Networks, report: object) -> list[str]:
    """Return sentences that say why `order` should not be made; an empty list means it fits."""
    if not order.people:
        return []
    if order.garment not in WORN and order.garment != "auto":
        return [f"The engine can't put {order.garment} on a person. Make a studio picture."]
    if not networks.has(*NEEDED):
        return ["The networks for people are not installed. Fetch them in the settings."]
    photo.read(order.people[0], CHECK_SIDE)
    return []
