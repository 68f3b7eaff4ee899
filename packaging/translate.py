"""Builds the translations of the interface from its sentences and from `resources/translations`.

`python packaging/translate.py missing [LANGUAGE]` lists sentences without a translation,
`python packaging/translate.py build` writes the compiled files that the window loads. A language
is one JSON file of sentence → translation; a sentence that counts ("%n picture(s)") has a list of
two, for one and for many. English needs its plural forms only, and makes them by the "(s)" rule.
"""

import ast
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "stylestudio_desktop" / "ui"
TRANSLATIONS = ROOT / "resources" / "translations"
# A function called `tr` outside a class stands for one context in these packages.
PACKAGE_CONTEXTS = {"create": "Create", "settings": "Services"}
Forms = str | list[str]


@dataclass(frozen=True, order=True)
class Sentence:
    """One sentence of the interface in its context; `counts` when it has plural forms."""

    context: str
    text: str
    counts: bool


def sentences(root: Path = SOURCES) -> list[Sentence]:
    """Return every sentence that the code under `root` marks for translation."""
    found: set[Sentence] = set()
    for path in sorted(root.rglob("*.py")):
        package = PACKAGE_CONTEXTS.get(path.parent.name, "")
        tree = ast.parse(path.read_text("utf-8"))
        found.update(_in_node(tree, package, package))
    return sorted(found)


def _in_node(node: ast.AST, context: str, package: str) -> Iterator[Sentence]:
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.ClassDef) else context
        if isinstance(child, ast.Call):
            marked = _marked(child, context, package)
            if marked is not None:
                yield marked
        yield from _in_node(child, inner, package)


def _marked(call: ast.Call, context: str, package: str) -> Sentence | None:
    name, owner = _callee(call.func)
    words = [
        arg.value if isinstance(arg, ast.Constant) and isinstance(arg.value, str) else ""
        for arg in call.args
    ]
    if name == "translate" and len(words) >= 2 and words[0] and words[1]:
        return Sentence(words[0], words[1], "%n" in words[1])
    if name == "tr" and words and words[0]:
        where = {"self": context, "window": "MainWindow"}.get(owner, package or context)
        return Sentence(where, words[0], "%n" in words[0])
    return None


def _callee(func: ast.expr) -> tuple[str, str]:
    if isinstance(func, ast.Name):
        return func.id, ""
    if isinstance(func, ast.Attribute):
        owner = func.value
        last = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        return func.attr, last.lstrip("_")
    return "", ""


def english(sentence: Sentence) -> Forms | None:
    """Return the forms of an English sentence that counts; others stay as they are."""
    if not sentence.counts:
        return None
    return [sentence.text.replace("(s)", ""), sentence.text.replace("(s)", "s")]


def translated(language: str) -> dict[Sentence, Forms]:
    """Return what `language` has for the sentences of the code."""
    if language == "en":
        made = {one: english(one) for one in sentences()}
        return {one: _separated(forms) for one, forms in made.items() if forms is not None}
    table: dict[str, Forms] = json.loads((TRANSLATIONS / f"{language}.json").read_text("utf-8"))
    result: dict[Sentence, Forms] = {}
    for one in sentences():
        forms = table.get(f"{one.context}|{one.text}", table.get(one.text))
        if forms is not None:
            result[one] = _separated(forms)
    return result


def _separated(forms: Forms) -> Forms:
    """Return what counts with %Ln: it is %n with the separators of the reader's language."""
    return [one.replace("%n", "%Ln") for one in forms] if isinstance(forms, list) else forms


def missing(language: str) -> list[Sentence]:
    """Return the sentences that have no translation, or one with the wrong number of forms."""
    have = translated(language)
    wanted = [one for one in sentences() if language != "en" or one.counts]
    return [one for one in wanted if one not in have or isinstance(have[one], list) != one.counts]


def languages() -> list[str]:
    """Return English and every language that has a file."""
    return ["en", *sorted(path.stem for path in TRANSLATIONS.glob("*.json"))]


def as_ts(language: str) -> str:
    """Return the translations as a Qt Linguist file."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>"]
    lines.append(f'<TS version="2.1" language="{language}" sourcelanguage="en">')
    for one, forms in sorted(translated(language).items()):
        counts = ' numerus="yes"' if one.counts else ""
        parts = forms if isinstance(forms, list) else [forms]
        inner = "".join(
            f"<numerusform>{escape(part)}</numerusform>" if one.counts else escape(part)
            for part in parts
        )
        lines.append(
            f"<context><name>{escape(one.context)}</name><message{counts}>"
            f"<source>{escape(one.text)}</source>"
            f"<translation>{inner}</translation></message></context>"
        )
    return "\n".join([*lines, "</TS>", ""])


def build() -> list[Path]:
    """Compile every language with Qt's own lrelease and return the files."""
    release = Path(sys.executable).parent / "pyside6-lrelease"
    built: list[Path] = []
    with tempfile.TemporaryDirectory() as folder:
        for language in languages():
            source = Path(folder) / f"stylestudio_{language}.ts"
            source.write_text(as_ts(language), "utf-8")
            made = source.with_suffix(".qm")
            subprocess.run([str(release), "-silent", str(source), "-qm", str(made)], check=True)
            # A running program has the old file in its memory: written over, it would crash there.
            target = TRANSLATIONS / made.name
            partial = target.with_suffix(".part")
            shutil.copyfile(made, partial)
            partial.replace(target)
            built.append(target)
    return built


def main(arguments: list[str]) -> int:
    """Run one verb; 1 when something is missing."""
    if arguments[:1] == ["build"]:
        for path in build():
            print(path.relative_to(ROOT))
        return 0
    if arguments[:1] == ["missing"]:
        lacking = missing(arguments[1] if len(arguments) > 1 else "de")
        print(json.dumps([f"{one.context}|{one.text}" for one in lacking], indent=1))
        return 1 if lacking else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
