"""Runs commands as people type them, on a workspace of the test's own with a fake service."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from stylestudio_desktop.__main__ import main
from tests.factories import FakeProvider


@dataclass
class Shell:
    """Types commands; `provider` is the only service."""

    workspace: Path
    read: Callable[[], Any]
    provider: FakeProvider = field(default_factory=FakeProvider)
    out: str = ""
    err: str = ""

    def run(self, *words: str) -> int:
        self.read()
        code = main(
            ["--workspace", str(self.workspace), *words], providers={"local": self.provider}
        )
        self.out, self.err = self.read()
        return code

    def json(self, *words: str, code: int = 0) -> Any:
        found = self.run(*words, "--json")
        assert found == code, f"exit {found}: {self.err}{self.out}"
        return json.loads(self.out)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path / "workspace", capsys.readouterr)
