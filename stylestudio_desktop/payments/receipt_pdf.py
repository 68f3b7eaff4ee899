"""Sets a receipt as one page of PDF, in the program's own typeface so that every name is legible.

The PDF library is loaded with the first receipt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_MARGIN = 22
_LINE = 7
_GREY = 110


@dataclass(frozen=True, slots=True)
class Receipt:
    """What stands on a receipt: a title, lines of (name, value), and what is said below."""

    title: str
    number: str
    lines: Sequence[tuple[str, str]]
    total: tuple[str, str]
    remarks: Sequence[str]


def drawn(receipt: Receipt, fonts: Path) -> bytes:
    """Return the PDF. `fonts` holds Inter-Regular.otf and Inter-SemiBold.otf."""
    from fpdf import FPDF
    from fpdf.enums import XPos, YPos

    page = FPDF(format="A4")
    page.set_margins(_MARGIN, _MARGIN)
    page.add_font("Inter", "", fonts / "Inter-Regular.otf")
    page.add_font("Inter", "B", fonts / "Inter-SemiBold.otf")
    page.set_title(f"{receipt.title} {receipt.number}")
    page.set_creator("Style Studio")
    page.add_page()

    def line(name: str, value: str, weight: str = "") -> None:
        page.set_font("Inter", "", 10)
        page.set_text_color(_GREY)
        page.cell(55, _LINE, name)
        page.set_font("Inter", weight, 10)
        page.set_text_color(0)
        page.multi_cell(0, _LINE, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    page.set_font("Inter", "B", 20)
    page.cell(0, 12, receipt.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font("Inter", "", 10)
    page.set_text_color(_GREY)
    page.cell(0, _LINE, receipt.number, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ln(8)
    for name, value in receipt.lines:
        line(name, value)
    page.ln(2)
    page.line(page.l_margin, page.get_y(), page.w - page.r_margin, page.get_y())
    page.ln(3)
    line(*receipt.total, weight="B")
    page.ln(8)
    page.set_font("Inter", "", 9)
    page.set_text_color(_GREY)
    for remark in receipt.remarks:
        page.multi_cell(0, 5, remark, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        page.ln(2)
    return bytes(page.output())
