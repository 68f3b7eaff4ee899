"""What is shown of pip where nobody watches it live."""

import sys

import pytest
from devkit import building

_PIP = """
print("Looking in links: /somewhere")
print("Collecting pillow==13.0.0 (from -r list.txt (line 3))")
print("  Downloading pillow-13.0.0.whl (7.1 MB)")
print("Processing /somewhere/files/idna-3.20-py3-none-any.whl (from -r list.txt (line 9))")
print("Installing collected packages: idna, pillow")
import sys
print("ERROR: digests differ", file=sys.stderr)
raise SystemExit(1)
"""


def test_one_line_for_each_package_and_every_complaint(capfd: pytest.CaptureFixture[str]) -> None:
    code = building._in_short([sys.executable, "-c", _PIP])

    shown = capfd.readouterr()
    assert code == 1
    assert shown.out.splitlines() == [
        "  pillow==13.0.0",
        "  idna-3.20-py3-none-any.whl",
        "  unpacking them",
    ]
    assert "digests differ" in shown.err
