"""Ends the process without a crash where a background thread could not be waited for.

Python ends such a thread the moment it next wants the interpreter. If that is inside C++, as where
Qt scales a picture, the C++ runtime takes it for a fault and aborts the whole program ("terminate
called without an active exception"), after everything is saved but with a crash report at the
next start. Closing waits for its threads in bounded time; a drive that hangs can outlast it.
"""

import atexit
import os
import sys
import threading
from contextlib import suppress


class Ending:
    """Made before anything else runs: what is registered first is what Python runs last.

    `code` is the exit code once it is known; before that it is the one of a failure.
    """

    def __init__(self) -> None:
        """Be there at the end."""
        self.code = 1
        atexit.register(self.leave)

    def leave(self) -> None:
        """End the process here and now if a thread would be torn out of its work."""
        if not any(thread.daemon for thread in threading.enumerate()):
            return
        import logging  # not at the start: most of what is begun ends without

        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # closed, or a window without one
                stream.flush()
        os._exit(self.code)
