"""The hash-pinned lists: complete, digests everywhere, nothing that watches, no address."""

import re
import tomllib

import pytest
from devkit import pins
from devkit.places import this_checkout

PLACES = this_checkout()
ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def entries(name: str) -> dict[str, str]:
    """Return what the list `name` pins: package name to the whole entry with its digests."""
    text = re.sub(r"^#.*\n", "", PLACES.lock(name).read_text(), flags=re.MULTILINE)
    joined = text.replace("\\\n", " ")
    return {line.split("==")[0]: line for line in joined.splitlines() if line.strip()}


@pytest.mark.parametrize("name", list(pins.SOURCES))
def test_every_entry_is_pinned_with_digests(name: str) -> None:
    for package, line in entries(name).items():
        assert ENTRY.match(line), package
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), package


@pytest.mark.parametrize("name", list(pins.SOURCES))
def test_nothing_reports_how_the_program_is_used(name: str) -> None:
    assert not [package for package in entries(name) if "telemetry" in package]


@pytest.mark.parametrize("name", list(pins.SOURCES))
def test_no_address_or_folder_of_a_machine_is_named(name: str) -> None:
    text = PLACES.lock(name).read_text()
    assert "://" not in text
    assert not re.search(r"(^|\s)/\w", text)
    assert "--index" not in text


def test_every_declared_dependency_is_in_its_list() -> None:
    project = tomllib.loads(PLACES.pyproject.read_text())
    declared = {
        "runtime": project["project"]["dependencies"],
        "dev": project["dependency-groups"]["dev"],
        "build": project["dependency-groups"]["build"],
        "bundle": project["dependency-groups"]["bundle"],
    }
    for name, requirements in declared.items():
        wanted = {re.split(r"[<>=]", requirement)[0] for requirement in requirements}
        assert wanted <= set(entries(name))


def test_the_lists_agree_where_they_overlap() -> None:
    seen: dict[str, str] = {}
    for name in pins.SOURCES:
        for package, line in entries(name).items():
            version = line.split("==")[1].split()[0]
            assert seen.setdefault(package, version) == version
