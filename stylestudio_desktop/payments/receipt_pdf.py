"""Sets a receipt as PDF, in the program's own typeface and, for other scripts, the system's.

The PDF library is loaded with the first receipt.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

_log = logging.getLogger(__name__)
_MARGIN = 22
_LINE = 7
_LEADING = 5  # of the second and later lines of one value
_NAMES = 42
_GREY = 110
_RULE = 200
_TYPEFACES = (b"\0\1\0\0", b"true", b"OTTO", b"ttcf")
_LACKING = "□"
_REMARK = f"{_LACKING} stands for letters that no typeface of this computer has."
# Where each system keeps typefaces for scripts that ours lacks; what is not there is not used.
_WINDOWS = ("segoeui.ttf", "msyh.ttc", "YuGothR.ttc", "malgun.ttf", "LeelawUI.ttf", "Nirmala.ttf")
_ELSEWHERE = (
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What stands on a receipt: a title, lines of (name, value), sums, and what is said below.

    `sums` are (what for, amount), the last one in bold below a rule.
    """

    title: str
    number: str
    lines: Sequence[tuple[str, str]]
    sums: Sequence[tuple[str, str]]
    remarks: Sequence[str]


def drawn(receipt: Receipt, fonts: Path, others: Sequence[Path] | None = None) -> bytes:
    """Return the PDF. `fonts` holds Inter-Regular.otf and Inter-SemiBold.otf.

    `others` are typefaces for scripts that Inter lacks, the system's where none are named.
    """
    from fpdf import FPDF

    page = FPDF(format="A4")
    page.set_margins(_MARGIN, _MARGIN)
    page.c_margin = 0  # text begins where rules begin
    page.add_font("Inter", "", fonts / "Inter-Regular.otf")
    page.add_font("Inter", "B", fonts / "Inter-SemiBold.otf")
    lacking = _borrow(page, receipt, list(_of_the_system() if others is None else others))
    page.set_title(f"{receipt.title} {receipt.number}")
    page.set_creator("Style Studio")
    page.add_page()
    _head(page, receipt)
    for name, value in receipt.lines:
        _line(page, name, _legible(value, lacking))
    page.ln(6)
    for name, amount in receipt.sums[:-1]:
        _sum(page, _legible(name, lacking), amount, "")
    _rule(page)
    _sum(page, *receipt.sums[-1], "B")
    page.ln(8)
    _write(page, 9, grey=_GREY)
    for remark in (*receipt.remarks, *([_REMARK] if lacking else [])):
        _wrapped(page, 0, remark)
        page.ln(2)
    return bytes(page.output())


def _head(page: "FPDF", receipt: Receipt) -> None:
    _write(page, 20, "B")
    page.cell(0, 12, receipt.title, new_x="LMARGIN")
    _write(page, 11, "B")
    page.cell(0, 12, "Style Studio", align="R", new_x="LMARGIN", new_y="NEXT")
    _write(page, 10, grey=_GREY)
    page.cell(0, _LINE, receipt.number, new_x="LMARGIN", new_y="NEXT")
    page.ln(8)


def _line(page: "FPDF", name: str, value: str) -> None:
    _write(page, 10, grey=_GREY)
    page.cell(_NAMES, _LEADING, name)
    _write(page, 10)
    _wrapped(page, 0, value)
    page.ln(_LINE - _LEADING)


def _sum(page: "FPDF", name: str, amount: str, weight: str) -> None:
    _write(page, 10, weight)
    page.cell(_NAMES * 3, _LINE, name)
    page.cell(0, _LINE, amount, align="R", new_x="LMARGIN", new_y="NEXT")


def _rule(page: "FPDF") -> None:
    page.ln(1)
    page.set_draw_color(_RULE)
    page.line(page.l_margin, page.get_y(), page.w - page.r_margin, page.get_y())
    page.ln(1)


def _write(page: "FPDF", size: int, weight: str = "", grey: int = 0) -> None:
    page.set_font("Inter", weight, size)
    page.set_text_color(grey)


def _wrapped(page: "FPDF", width: float, text: str) -> None:
    page.multi_cell(width, _LEADING, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _of_the_system() -> Iterator[Path]:
    windows = os.environ.get("WINDIR")
    if windows:
        yield from (Path(windows) / "Fonts" / name for name in _WINDOWS)
    yield from map(Path, _ELSEWHERE)


def _borrow(page: "FPDF", receipt: Receipt, others: Sequence[Path]) -> frozenset[str]:
    """Take other typefaces along as far as they are needed; return the letters that lack still."""
    told = [*receipt.lines, *receipt.sums]
    own = page.fonts["inter"].cmap  # type: ignore[union-attr]
    lacking = {letter for pair in told for letter in "".join(pair) if ord(letter) not in own}
    taken: list[str] = []
    for path in others:
        if not lacking:
            break
        name = f"Other{len(taken)}"
        found = lacking & _letters(page, name, path)
        if found:
            taken.append(name)
            lacking -= found
    page.set_fallback_fonts(taken, exact_match=False)
    return frozenset(lacking)


def _letters(page: "FPDF", name: str, path: Path) -> set[str]:
    """Take a typeface along and return what it can print: nothing if it is not there, or damaged.

    Its library tells damage in many ways, and none of them may cost somebody a receipt.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) not in _TYPEFACES:
                return set()
        page.add_font(name, "", path)
        return {chr(code) for code in page.fonts[name.lower()].cmap}  # type: ignore[union-attr]
    except Exception as error:
        _log.info("the typeface %s can't be read: %s", path.name, error)
        return set()


def _legible(text: str, lacking: frozenset[str]) -> str:
    return "".join(_LACKING if letter in lacking else letter for letter in text)
