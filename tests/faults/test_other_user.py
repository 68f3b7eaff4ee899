"""A library of somebody else's account, or one whose rights were lost: a sentence, and no harm."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.services import health
from tests.factories import import_photo, open_test_studio, photo

SOMEBODY = 65534
_RIGHTS = "-dac_override,-dac_read_search,-fowner,-chown"


def _why_not() -> str | None:
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or not shutil.which("setpriv"):
        return "taking rights away needs Linux, root and setpriv"
    return None


pytestmark = [
    pytest.mark.linux,
    pytest.mark.slow,
    pytest.mark.skipif(_why_not() is not None, reason=str(_why_not())),
]
PROGRAM = """
import sys
from stylestudio_desktop.__main__ import main
workspace = sys.argv[1]
for words in (line.split("|") for line in sys.stdin.read().splitlines()):
    print("ended", words[0], main(["--workspace", workspace, *words]), flush=True)
"""


def said(workspace: Path, *commands: str) -> list[str]:
    """Type commands without root's right to pass over permissions; return each one's answer."""
    call = [
        "setpriv",
        "--inh-caps=-all",
        f"--bounding-set={_RIGHTS}",
        sys.executable,
        "-c",
        PROGRAM,
    ]
    done = subprocess.run(
        [*call, str(workspace)],
        input="\n".join(commands),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=True,
    )
    assert "Traceback" not in done.stdout, done.stdout
    return done.stdout.splitlines()


@pytest.mark.parametrize("lost", ["all", "writing", "pictures"])
def test_rights_that_are_lost_end_in_a_sentence(tmp_path: Path, lost: str) -> None:
    studio = open_test_studio(tmp_path)
    import_photo(studio, tmp_path)
    close_studio(studio)
    root = studio.workspace.root
    new = photo(tmp_path, "new.jpg", "red")
    theirs = [root, *root.rglob("*")] if lost != "pictures" else [root / "files"]
    for one in theirs:
        os.chown(one, SOMEBODY, SOMEBODY)
        if lost == "writing":
            one.chmod(one.stat().st_mode | 0o055)
    commands = [
        f"import|{new}|--as|product", "verify", "verify|--repair", "backup|list",
        f"backup|full|--to|{tmp_path / 'disk'}", "restore-backup|--at|2001-01-01", "doctor",
    ]  # fmt: skip
    answers = said(root, *commands)
    ended = dict(line.split()[1:] for line in answers if line.startswith("ended "))
    assert set(ended) == {one.split("|")[0] for one in commands}, answers
    assert ended["import"] != "0"
    assert any("Check" in line and "may write" in line for line in answers) or lost == "all"
    assert any("not allow" in line or "ermission denied" in line for line in answers)
    for one in theirs:
        os.chown(one, 0, 0)
    again = open_test_studio(tmp_path)
    assert [one.sentence for one in health.verify(again, deep=True).problems] == []
    close_studio(again)


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_library_that_is_only_closed_to_us_is_not_made_anew(tmp_path: Path, mode: int) -> None:
    """As after a command with another account's rights: only its database is not ours."""
    studio = open_test_studio(tmp_path)
    import_photo(studio, tmp_path)
    close_studio(studio)
    root, database = studio.workspace.root, studio.workspace.database
    os.chown(database, SOMEBODY, SOMEBODY)
    database.chmod(mode)
    answers = said(root, "rebuild")
    assert "ended rebuild 0" not in answers, answers
    assert any("not allow" in line for line in answers), answers
    assert database.stat().st_uid == SOMEBODY
    assert not list(studio.workspace.kept.glob("*"))
