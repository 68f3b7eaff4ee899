"""Takes pictures of the Wallet pane: `python -m tests.ui.wallet.shots OUTDIR [NAME...]`."""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.window import HISTORY, WALLET, MainWindow
from stylestudio_desktop.ui.wishes import GetTokens
from tests.ui.pane_shots import take
from tests.ui.studios import furnish


def plain(window: MainWindow, _studio: Studio) -> None:
    """Show the wallet."""
    window.open_pane(WALLET)


def asked(window: MainWindow, _studio: Studio) -> None:
    """Show the wallet when another pane needs tokens."""
    window.open_pane(WALLET, GetTokens(HISTORY))


SCENES = {
    "wallet": (furnish, plain),
    "wallet-new": (None, plain),
    "wallet-asked": (furnish, asked),
}

if __name__ == "__main__":
    take(SCENES, Path(sys.argv[1]), sys.argv[2:])
