"""What each verb does with the program and the checks, and how it tells what came of it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from devkit import checks, program, verbs
from devkit.checks import Check, Outcome
from devkit.places import Places, this_checkout
from devkit.say import Trouble
from devkit.system import Linux

from tests.vault import session

GENERATION = {
    "generation": {"id": "1", "status": "completed", "tokens_used": 2},
    "files": [{"id": "2", "path": "/pictures/a.png", "width": 1024, "height": 1024}],
    "balance": 8,
}


def test_the_picture_and_its_price_are_told() -> None:
    assert program.told(json.dumps(GENERATION), 0) == [
        "The picture lies at /pictures/a.png",
        "It cost 2 tokens; 8 tokens are left.",
    ]


@pytest.mark.parametrize(
    ("output", "code", "sentence"),
    [
        ('{"error":{"code":"x","message":"No tokens are left."}}', 3, "No tokens are left."),
        ("Traceback", 1, "ended with code 1"),
        ('{"generation":{"status":"failed"},"files":[]}', 4, "the generation is failed"),
    ],
)
def test_a_picture_that_was_not_made_is_told(output: str, code: int, sentence: str) -> None:
    assert sentence in " ".join(program.told(output, code))


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A checkout whose program is a script that notes what it was asked for."""
    places = Places(tmp_path)
    places.sample_products.mkdir(parents=True)
    (places.sample_products / "b.jpg").write_text("")
    (places.sample_products / "a.jpg").write_text("")
    (places.sample_products / "README.md").write_text("")
    places.program.parent.mkdir(parents=True)
    answer = json.dumps(GENERATION)
    places.program.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        f"pathlib.Path({str(tmp_path / 'asked')!r}).write_text(chr(10).join(sys.argv[1:]))\n"
        f"print({answer!r})\n"
    )
    places.program.chmod(0o755)
    monkeypatch.setattr(program.environment, "ensure", lambda *_: None)
    monkeypatch.setattr(program.qt, "provide", lambda *_, **__: None)
    return places


def test_without_a_display_one_picture_is_made(
    small: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program.qt, "has_display", lambda: False)

    assert program.run(small, []) == 0

    out = capsys.readouterr().out
    assert "No display was found" in out
    assert "/pictures/a.png" in out
    asked = (small.root / "asked").read_text().split("\n")
    photo = str(small.sample_products / "a.jpg")
    assert asked == ["--json", "generate", "--product", photo, "--style", "fashion"]


def test_words_after_run_go_to_the_program(small: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(program, "_become", lambda _, command: started.append(command) or 0)

    assert program.run(small, ["list", "files"]) == 0

    assert started == [[str(small.program), "list", "files"]]


def test_an_unknown_benchmark_is_told_the_known_ones(small: Places) -> None:
    small.benches.mkdir(parents=True)
    (small.benches / "lists.py").write_text("")

    with pytest.raises(Trouble, match=r"lists\."):
        program.bench(small, ["../../evil"])


def test_all_checks_run_even_after_one_failed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = [
        Check("first", (sys.executable, "-c", "raise SystemExit(3)")),
        Check("second", (sys.executable, "-c", "print('went on')")),
    ]

    outcomes = checks.carry_out(Places(tmp_path), plan)

    assert [outcome.code for outcome in outcomes] == [3, 0]
    assert "went on" in capfd.readouterr().out
    assert checks.closing_lines(outcomes)[-1] == "Failed: first"


def test_checks_keep_bytecode_so_that_no_start_compiles_the_program_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    says = "import sys; raise SystemExit(int(sys.dont_write_bytecode))"

    outcomes = checks.carry_out(Places(tmp_path), [Check("bytecode", (sys.executable, "-c", says))])

    assert [outcome.code for outcome in outcomes] == [0]


def test_the_summary_names_each_check_and_its_time() -> None:
    lines = checks.closing_lines([Outcome("lint", 0, 1.25), Outcome("tests", 0, 60.0)])

    assert re.match(r"passed +1\.2 s  lint", lines[0])
    assert lines[-1] == "All checks passed."


@pytest.mark.parametrize(("arguments", "covered"), [([], True), (["-k", "ledger"], False)])
def test_coverage_is_asked_for_when_all_tests_run(
    tmp_path: Path, arguments: list[str], covered: bool
) -> None:
    plan = checks.plan(Places(tmp_path), arguments)

    assert any("--fail-under=100" in check.command for check in plan) is covered
    tests = next(check for check in plan if check.name == "tests")
    assert tests.command[3:] == tuple(arguments or checks.WHOLE)
    assert ("--cov" in tests.command) is covered


def test_what_tests_use_is_brought(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(session.NEEDED) <= set(checks.TOOLS)
    wanted: list[list[str]] = []
    monkeypatch.setattr(checks.sys, "platform", "linux")
    monkeypatch.setattr(checks.system, "this_linux", lambda: Linux("debian", root=True))
    monkeypatch.setattr(checks.system, "apt_install", lambda found: not wanted.append(found))
    monkeypatch.setattr(checks.shutil, "which", lambda name: None if "dbus" in name else "/bin/x")
    checks.provide_tools()
    assert wanted == [["dbus"]]
    monkeypatch.setattr(checks.system, "apt_install", lambda _found: False)
    checks.provide_tools()
    assert "skipped" in capsys.readouterr().out


def test_a_failed_check_fails_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.environment, "ensure", lambda *_: None)
    monkeypatch.setattr(checks.qt, "provide", lambda *_, **__: None)
    monkeypatch.setattr(checks, "provide_tools", lambda: None)
    for code, expected in ((0, 0), (5, 1)):
        bad = Check("x", (sys.executable, "-c", f"raise SystemExit({code})"))
        monkeypatch.setattr(checks, "plan", lambda *_, check=bad: [check])
        assert checks.test(Places(tmp_path), []) == expected


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--help"], 0), ([], 2), (["dance"], 2), (["bench", "none"], 1)]
)
def test_words_that_make_no_sense_are_told(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verbs.main(arguments) == code

    captured = capsys.readouterr()
    assert captured.out or captured.err


def test_the_door_can_be_read_by_an_old_python() -> None:
    """Python 3.6's grammar has no walrus, no match, no parenthesised with, no `X | Y`."""
    import ast

    source = (this_checkout().root / "packaging" / "dev.py").read_text()
    ast.parse(source, feature_version=(3, 6))


def test_an_old_python_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import dev

    monkeypatch.setattr("shutil.which", lambda name: name if name == "python3.12" else None)
    sentence = dev.too_old_sentence((3, 8, 2), ["run"])

    assert "this is Python 3.8.2" in sentence
    assert "type: python3.12 packaging/dev.py run" in sentence
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert "Install Python 3.11" in dev.too_old_sentence((3, 8, 2), ["run"])


def test_the_door_answers_as_a_program() -> None:
    door = this_checkout().root / "packaging" / "dev.py"
    done = subprocess.run([sys.executable, door, "--help"], capture_output=True, text=True)

    assert done.returncode == 0
    assert "test [PYTEST ARGS]" in done.stdout


def test_the_continuous_check_calls_the_same_command() -> None:
    script = (this_checkout().root / ".ci" / "run").read_text()

    assert script.rstrip().endswith("exec python3 packaging/dev.py test")
