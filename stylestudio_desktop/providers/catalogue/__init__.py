"""The dated list of services and models, as data: ids and prices rot, so that people may edit it.

The file that ships gives everything; a file of the user's own adds services and models to it, or
replaces them by their ids. What a file does not say stays unknown.
"""

from stylestudio_desktop.providers.catalogue.entries import (
    Field,
    ModelEntry,
    Price,
    ServiceEntry,
    Services,
)
from stylestudio_desktop.providers.catalogue.loading import load_services

__all__ = ["Field", "ModelEntry", "Price", "ServiceEntry", "Services", "load_services"]
