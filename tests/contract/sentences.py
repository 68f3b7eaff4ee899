"""Every sentence a service's failure can end in, as a table: `python -m tests.contract.sentences`.

The sentences are read from the sources, so that a new one can't be forgotten.
"""

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import stylestudio_desktop.providers

ROOT = Path(stylestudio_desktop.providers.__file__).parent
SAFE = re.compile(
    r"(?i)nothing was|charged nothing|may have been|are safe|tokens are back|not bill|taken back"
    r"|for your safety"
)
"""What is safe, or honestly is not: said of every failure that may pass by itself."""
NEXT = re.compile(
    r"(?:^|[.;:!”…] )(?:Try|Choose|Check|Enter|Correct|Use|Ask|Update|Put|Mend|Change|Decide|Free|"
    r"Install|Switch|Top up|Start|Buy|Wait) "
)
"""What to do next, as an order: said of every failure that does not pass by itself."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence: where it stands, what kind of failure it is of, whether that may pass."""

    place: str
    kind: str
    passing: bool
    text: str

    @property
    def complete(self) -> bool:
        """Whether it says what its reader needs: the queue adds the rest to what may pass."""
        wanted = SAFE if self.passing else NEXT
        return self.text.endswith(".") and wanted.search(self.text) is not None


def sayings() -> list[Saying]:
    """Return every sentence that is written out where a ProviderError is made."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "ProviderError":
                kind, text = ast.unparse(call.args[0]), _text(call.args[1])
                passing = any(
                    one.arg == "transient" and ast.unparse(one.value) != "False"
                    for one in call.keywords
                )
                if text is not None and kind != "Kind.CANCELLED":
                    place = f"{path.relative_to(ROOT)}:{call.lineno}"
                    found.append(Saying(place, kind.removeprefix("Kind."), passing, text))
    return found


def _text(node: ast.expr) -> str | None:
    """Return a literal with its gaps as “…”, None where the sentence is made elsewhere."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.Constant) else "…" for one in node.values]
        return "".join(str(one) for one in parts)
    return None


if __name__ == "__main__":
    for one in sayings():
        mark = " " if one.complete else "!"
        sys.stdout.write(f"{mark} {one.place:34} {one.kind:10} {one.text}\n")
