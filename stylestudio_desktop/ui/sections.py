"""The parts of the settings that another pane may lead to."""

from enum import Enum


class Part(Enum):
    """Handed to the Settings pane, it begins there."""

    BACKUPS = "backups"
    HEALTH = "health"
    PAYMENTS = "payments"
    SERVICES = "services"
    ROOM = "room"
