"""Shows the balance in the top bar, and tells when it is low or does not add up."""

from typing import TYPE_CHECKING

from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.services import accounts
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.frame.low_balance import LowBalance

if TYPE_CHECKING:
    from stylestudio_desktop.ui.window import MainWindow


class ShownBalance:
    """The number that the top bar shows; none while the ledger's check has found something."""

    def __init__(self, window: "MainWindow", studio: Studio) -> None:
        self._window, self._studio = window, studio
        self._low = LowBalance(window)
        self._trusted = True

    def show(self) -> None:
        """Show what the library says now."""
        try:
            user = accounts.current_user(self._studio)
        except NotFound:
            return  # the account was deleted just now, and its window is closing
        low = self._trusted and accounts.is_low(self._studio, user)
        self._window.top_bar.set_balance(user.token_balance if self._trusted else None, low=low)
        self._low.show(user.token_balance, low)

    def checked(self) -> None:
        """Take over what a check of the ledger has found."""
        from stylestudio_desktop.services import ledger_proof

        self._trusted = ledger_proof.standing(self._studio).state.value != "broken"
        self.show()
