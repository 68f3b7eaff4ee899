"""What the catalogue says of services, models and prices, as values that never change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.providers.protocol import Capabilities, ModelCard, ServiceCard


@dataclass(frozen=True, slots=True)
class Price:
    """What a service was said to bill, on a day, by a source; `quality` and `size` may be empty."""

    amount: Decimal
    currency: str
    per: str
    quality: str
    size: str
    dated: str
    source: str

    def words(self) -> str:
        """Return it for people, with its date, since prices change."""
        amount = f"{self.amount.normalize():f}"
        dated = f" ({self.dated})" if self.dated else ""
        return f"{amount} {self.currency}{dated}"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model. `quality_names` and `sizes` turn our qualities and ratios into the service's.

    `modes` are “text”, “product” and “person”; `settings` what only its adapter reads. `refusal`
    says why it can't be used now, empty while it can.
    """

    id: str
    name: str
    modes: tuple[str, ...]
    capabilities: Capabilities
    quality_names: Mapping[str, str]
    sizes: Mapping[str, str]
    prices: tuple[Price, ...]
    settings: Mapping[str, Any]
    refusal: str = ""

    def price(self, quality: str) -> Price | None:
        """Return what a picture of our `quality` was said to cost, None where nobody knows."""
        for one in self.prices:
            if one.quality in (quality, ""):
                return one
        return None

    def card(self) -> ModelCard:
        """Return the model as people choose it."""
        found = {name: self.price(name) for name in self.capabilities.qualities}
        bills = {name: price.words() for name, price in found.items() if price is not None}
        return ModelCard(
            self.id, self.name, self.capabilities, self.refusal, MappingProxyType(bills)
        )


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that people may set for a service: “address”, “text”, “choice”, “yes”, “folder”."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """One service. `hosts` may deliver its pictures besides the host of `base_url`."""

    id: str
    name: str
    summary: str
    base_url: str
    hosts: tuple[str, ...]
    remote: bool
    needs_key: bool
    concurrency: int
    poll_s: tuple[float, float]
    deadline_s: float | None
    notes: tuple[str, ...]
    models: tuple[ModelEntry, ...]
    dated: str
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    fields: tuple[Field, ...] = ()

    def model(self, name: str | None) -> ModelEntry:
        """Return the model called `name`; the first for None; raises NotFound for no model.

        An id that is not listed is taken as a newer one: it is believed to do what the first
        does, without a price.
        """
        if not self.models:
            raise NotFound(f"{self.name} has no model in the catalogue. Add one in Settings.")
        for one in self.models:
            if name in (None, one.id):
                return one
        return replace(self.models[0], id=str(name), name=str(name), prices=(), refusal="")

    def card(self) -> ServiceCard:
        """Return the service as the app shows it."""
        return ServiceCard(
            id=self.id,
            name=self.name,
            summary=self.summary,
            models=tuple(one.card() for one in self.models),
            remote=self.remote,
            needs_key=self.needs_key,
            concurrency=self.concurrency,
            poll_s=self.poll_s,
            deadline_s=self.deadline_s,
            notes=self.notes,
        )


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the files say. `problems` are sentences about entries that were left out."""

    dated: str
    services: tuple[ServiceEntry, ...]
    problems: tuple[str, ...] = ()

    def service(self, name: str) -> ServiceEntry:
        """Return the service called `name`, or raise NotFound with what there is."""
        for one in self.services:
            if one.id == name:
                return one
        known = ", ".join(one.id for one in self.services)
        raise NotFound(f"There is no service called “{name[:60]}”. Choose one of: {known}.")
