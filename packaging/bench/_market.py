"""A payment service that answers at once, for measuring what the program itself takes."""

from collections.abc import Iterator

from stylestudio_desktop.domain.errors import PaymentError
from stylestudio_desktop.domain.purchase import Mode
from stylestudio_desktop.payments.gateway import (
    Checkout,
    CheckoutState,
    News,
    Order,
    RefundFact,
    RefundOrder,
)


class InstantMarket:
    """A Gateway without a network: every page that was begun is paid at the next look."""

    name = "bench"
    mode = Mode.TEST
    horizon_s = 29 * 86_400

    def __init__(self) -> None:
        """Begin with nothing sold."""
        self.pages: dict[str, Checkout] = {}

    def check(self) -> str:
        """Say that all is well."""
        return "Ready."

    def begin(self, order: Order) -> Checkout:
        """Return an open page."""
        made = self._page(order, CheckoutState.OPEN)
        self.pages[made.id] = self._page(order, CheckoutState.PAID)
        return made

    def look(self, checkout_id: str) -> Checkout:
        """Return the page, paid."""
        return self.pages[checkout_id]

    def find(self, reference: str, since: int, until: int) -> Checkout | None:
        """Find nothing: no request is ever lost here."""
        return None

    def expire(self, checkout_id: str) -> Checkout:
        """Return the page, which was paid just now."""
        return self.pages[checkout_id]

    def refund(self, order: RefundOrder) -> RefundFact:
        """Refuse: nothing is refunded here."""
        raise PaymentError("The bench refunds nothing.")

    def refunds_of(self, payment_id: str) -> list[RefundFact]:
        """Return that nothing was refunded."""
        return []

    def news(self, since: int) -> Iterator[News]:
        """Tell of every payment."""
        for page in self.pages.values():
            yield News(since, page.reference, page.id)

    def close(self) -> None:
        """Keep everything for the next round."""

    def _page(self, order: Order, state: CheckoutState) -> Checkout:
        name = order.reference
        return Checkout(
            f"cs_{name}", self.mode, order.reference, state, order.amount, order.currency,
            payment_id=f"pi_{name}",
        )  # fmt: skip
