"""What every command gets, and where each is found; a command's module loads when it is asked."""

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from stylestudio_desktop.cli.arguments import Arguments
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.services.studio import Studio

_HANDLERS = {
    "import": "bringing:import_photos",
    "watch": "watching:watch",
    "sample-collection": "bringing:sample_collection",
    "export": "moving:export",
    "trash": "moving:trash",
    "restore": "moving:restore",
    "purge": "moving:purge",
    "generate": "making:generate",
    "batch": "batching:batch",
    "batches": "batching:batch_list",
    "retry": "making:retry",
    "upscale": "making:upscale",
    "cancel": "making:cancel",
    "decide": "making:decide",
    "queue": "hosting:queue",
    "worker": "hosting:worker",
    "services": "services:services",
    "show": "showing:show",
    "fidelity": "comparing:fidelity",
    "mask": "masking:mask",
    "list": "listing:list_rows",
    "dashboard": "overview:dashboard",
    "insights": "overview:insights",
    "wallet": "paying:wallet",
    "verify": "tending:verify",
    "ledger": "bookkeeping:ledger",
    "account": "people:account",
    "sample": "filling:sample",
    "backup": "keeping:backup",
    "export-tables": "keeping:export_tables",
    "restore-backup": "returning:restore_backup",
    "rebuild": "pieces:rebuild",
    "bring-back": "pieces:bring_back",
    "workspace": "workspaces:workspace",
    "doctor": "tending:doctor",
    "crashes": "crashing:crashes",
}


@dataclass(frozen=True)
class Desk:
    """One command: what was typed, the workspace, and the way to open its library."""

    arguments: Arguments
    workspace: Workspace
    open: Callable[..., AbstractContextManager[Studio]]
    """Opens that library, or the one of another workspace that is given."""

    @property
    def json(self) -> bool:
        """Whether a program reads the answer."""
        return self.arguments.json


Handler = Callable[[Desk], int]


def handler(command: str) -> Handler:
    """Return the function that carries out `command`."""
    module, _, name = _HANDLERS[command].partition(":")
    found: Handler = getattr(importlib.import_module(f"{__package__}.{module}"), name)
    return found
