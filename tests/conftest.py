"""What every test stands on: Qt draws into memory, and nobody's own workspace is touched."""

import os

# Set before anything imports Qt: the tests need no display, on any machine.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# Nor is anybody's own keyring; what needs one runs beside a keyring of its own (tests/vault).
os.environ["STYLESTUDIO_KEYRING"] = "off"
