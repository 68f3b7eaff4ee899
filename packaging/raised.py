"""Finds every sentence that the rooms below the window may say to a person, as a pattern.

`python packaging/raised.py missing [LANGUAGE]` lists those that `resources/said/LANGUAGE.json`
lacks. What varies in a sentence is %1, %2 and so on. A sentence is found by its form, wherever it
stands: a literal of several words that ends with a full stop, or holds one before another sentence.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "stylestudio_desktop"
SAID = ROOT / "resources" / "said"
SERVICES = ROOT / "resources" / "services" / "catalogue.json"
ABOVE = {"ui", "cli"}
"""Rooms that speak for themselves: the window in its language, the command line in English."""

_SENTENCE = re.compile(
    r"[a-z’”“)\]}0-9…][.!][”)]?\s*$|[a-z’”)\]}0-9][.!?] [A-Z“{%]|(?:[a-z]{3}|\))\.%\d "
)
_FIELD = re.compile(r"\{(\d*)(?:[:!][^{}]*)?\}")
_COMMAND = re.compile(r"stylestudio [a-z-]+|(?<!\S)\(?or --[a-z]")


def sentences(package: Path = PACKAGE) -> dict[str, str]:
    """Return each sentence's pattern, and where it stands first."""
    found: dict[str, str] = {}
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package)
        if place.parts[0] not in ABOVE:
            for pattern, line in _in_module(ast.parse(path.read_text("utf-8"))):
                found.setdefault(pattern, f"{place.as_posix()}:{line}")
    for service in json.loads(SERVICES.read_text("utf-8"))["services"]:
        for one in (service["summary"], *service["notes"]):
            found.setdefault(one, f"{SERVICES.name}:{service['id']}")
    return found


def names_command(text: str) -> bool:
    """Say whether a text tells to type something, which nobody can do in the window."""
    return _COMMAND.search(text) is not None


def missing(language: str) -> list[str]:
    """Return the patterns that have no text in `language`; English needs one for commands only."""
    have = json.loads((SAID / f"{language}.json").read_text("utf-8"))["sentences"]
    wanted = sentences()
    return [one for one in wanted if one not in have and (language != "en" or names_command(one))]


def _in_module(tree: ast.Module) -> Iterator[tuple[str, int]]:
    passed = _passed_over(tree)
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        pattern = _pattern(node)
        if pattern is not None and " " in pattern.strip() and _SENTENCE.search(pattern):
            yield pattern, node.lineno  # type: ignore[attr-defined]


def _passed_over(tree: ast.Module) -> set[int]:
    """Return what is no sentence of its own: descriptions of code, logs, and pieces of others."""
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            passed.update(id(one) for one in node.values)
        elif isinstance(node, ast.Call) and _is_log(node.func):
            passed.update(id(one) for one in ast.walk(node))
    return passed


def _is_log(func: ast.expr) -> bool:
    owner = func.value if isinstance(func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in ("_log", "warnings")


def _pattern(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _numbered(node.value)
    if isinstance(node, ast.JoinedStr):
        marks: dict[str, int] = {}
        parts = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
            else:
                parts.append(f"%{marks.setdefault(ast.dump(part), len(marks) + 1)}")
        return "".join(parts)
    return None


def _numbered(text: str) -> str:
    """Return a text for `str.format` with marks in place of its fields."""
    place = 0

    def mark(found: re.Match[str]) -> str:
        nonlocal place
        place += 1
        return f"%{int(found[1]) + 1 if found[1] else place}"

    return _FIELD.sub(mark, text)


def main() -> int:
    """List what lacks a text."""
    language = sys.argv[2] if len(sys.argv) > 2 else "de"
    lacking = missing(language)
    places = sentences()
    for one in lacking:
        print(f"{places[one]}: {one}")
    print(f"{len(lacking)} of {len(places)} sentences lack a text in {language}.")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
