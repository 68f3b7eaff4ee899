"""Understands what was typed and hands it on: to the window, or to a command of the command line.

Nothing slow is imported before it is clear that it is needed, so `--version` answers at once.
"""

import contextlib
import gc
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from stylestudio_desktop.cli.speaking import make_printable, note, tell_error, tell_unexpected
from stylestudio_desktop.config.ending import Ending
from stylestudio_desktop.domain.errors import StudioError

if TYPE_CHECKING:
    from stylestudio_desktop.cli.arguments import Arguments
    from stylestudio_desktop.config.workspace import Workspace
    from stylestudio_desktop.providers.protocol import Provider
    from stylestudio_desktop.services.studio import Studio

INTERRUPTED = 130
FOR_EVERYBODY = ("account", "crashes", "doctor", "ledger", "verify", "worker")
"""Commands that show nothing of a profile, so they work while it is locked."""


def main(
    argv: Sequence[str] | None = None, *, providers: "Mapping[str, Provider] | None" = None
) -> int:
    """Carry out one command and return its exit code; without a command, open the window.

    `providers` replaces the built-in services, for tests.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in words
    make_printable()
    try:
        if not words:
            return _window()  # it need not wait for the words of forty commands
        from stylestudio_desktop.cli.arguments import parse

        arguments = parse(words)
        if arguments.command is None:
            return _window(arguments.workspace)
        return _command(arguments, providers)
    except StudioError as error:
        return tell_error(error, as_json)
    except KeyboardInterrupt:
        note("Interrupted. Everything before this is safe.")
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has read enough
        with contextlib.suppress(OSError):
            sys.stdout.close()
        return 0
    except SystemExit as ended:  # argparse has printed help or the version
        return int(ended.code or 0)
    except Exception as error:  # the last resort: told with everything a report needs
        return tell_unexpected(error, as_json)


def _window(folder: str | None = None) -> int:
    # Nothing that is loaded now becomes garbage, and looking for some costs a tenth of the way to
    # the first paint. The window's own collector takes over once it stands.
    gc.disable()
    from stylestudio_desktop.app import run_window
    from stylestudio_desktop.config.workspaces import choose

    return run_window(choose(folder))


def _command(arguments: "Arguments", providers: "Mapping[str, Provider] | None") -> int:
    from stylestudio_desktop.cli.desk import Desk, handler
    from stylestudio_desktop.config.remembered import must_be_there
    from stylestudio_desktop.config.workspaces import choose
    from stylestudio_desktop.files.answering import must_answer

    workspace = choose(arguments.workspace)
    if arguments.command != "workspace":  # with that one, another workspace can be chosen
        must_answer(workspace.root)
        if arguments.command != "restore-backup":  # that one may bring it back
            must_be_there(workspace)

    @contextlib.contextmanager
    def opened(other: "Workspace | None" = None) -> "Iterator[Studio]":
        yield from _studio(other or workspace, providers, arguments.command or "")

    try:
        return handler(arguments.command or "")(Desk(arguments, workspace, opened))
    except (StudioError, BrokenPipeError):
        raise
    except Exception as error:  # the program's own fault: kept for whoever looks into it
        from stylestudio_desktop.config import crashes

        if workspace.root.is_dir():
            crashes.record(workspace.root, error)
        raise


def _studio(
    workspace: "Workspace", providers: "Mapping[str, Provider] | None", command: str
) -> "Iterator[Studio]":
    from stylestudio_desktop.app import close_studio, open_studio
    from stylestudio_desktop.services.profiles import require_open

    studio = open_studio(workspace, providers)
    try:
        if command not in FOR_EVERYBODY:
            require_open(studio)
        yield studio
    finally:
        close_studio(studio)


def start() -> None:
    """Be the program: carry out what the process was started with, and end with its code."""
    ending = Ending()
    ending.code = main()
    sys.exit(ending.code)


if __name__ == "__main__":
    start()
