"""What the suite runs against: each module lists its `CASES`, one for each way of a service."""

import importlib
import pkgutil

from tests.contract.case import Case


def all_cases() -> list[type[Case]]:
    """Return the cases of all modules in this folder."""
    found: list[type[Case]] = []
    for module in pkgutil.iter_modules(__path__):
        found += importlib.import_module(f"{__name__}.{module.name}").CASES
    return found
