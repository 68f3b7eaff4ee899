"""Reads one generation's whole story with its pictures, off the UI thread, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtGui import QImage

from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.fidelity import Fidelity
from stylestudio_desktop.files.scaling import Tier
from stylestudio_desktop.services import attempts, estimates, fidelity, generate, history, library
from stylestudio_desktop.services.history import Story
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import decoding
from stylestudio_desktop.ui.said import spoken

SIDE = 240


@dataclass(frozen=True)
class Told:
    """A story with what it would cost to run it again (None if that is impossible now)."""

    story: Story
    again: Brief | None
    price: int
    balance: int
    images: Mapping[str, QImage]
    service: str
    expected_ms: float | None
    fidelity: Mapping[int, Fidelity] = field(default_factory=dict)


def tell(studio: Studio, generation_id: int) -> Told:
    """Return everything the panel shows of a generation. Raises NotFound."""
    story = history.story(studio, generation_id)
    row = story.generation
    again: Brief | None = None
    price = balance = 0
    try:
        # Without the old seed: the same seed would make, and charge for, the same picture.
        again = replace(generate.brief_of(studio, generation_id), seed=None)
        quote = generate.quote(studio, again)
        price, balance = quote.price, quote.balance
    except StudioError:
        again = None  # its style or quality is no longer offered; the story can still be read
    wanted = [one.storage_id for one in story.inputs] + [one.storage_id for one in story.results]
    provider = studio.providers.get(row.provider)
    name = spoken(provider.card.name) if provider is not None else row.provider
    expected = None
    if attempts.is_open(row):
        expected = estimates.learn(studio).expected_ms(row.provider, row.quality, row.pictures)
    compared = fidelity.of_pictures(studio, [one.id for one in story.results])
    images = _images(studio, wanted)
    return Told(story, again, price, balance, images, name, expected, compared)


def _images(studio: Studio, storage_ids: list[str]) -> dict[str, QImage]:
    found: dict[str, QImage] = {}
    for storage_id in dict.fromkeys(storage_ids):
        data = library.thumbnail(studio, storage_id, Tier.SMALL)
        image = decoding.thumbnail(data, SIDE) if data else None
        if image is not None:
            found[storage_id] = image
    return found
