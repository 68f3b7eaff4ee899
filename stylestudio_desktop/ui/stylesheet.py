"""Turns a palette and the design tokens into the one style sheet that the whole window wears."""

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.ui.tokens import Palette, Radius, Size, Space, Type

_BASE = """
* {{ outline: none; }}
QWidget {{ color: {text}; font-size: {body}px; }}
QMainWindow, QDialog, #pane {{ background: {window}; }}
QMessageBox #qt_msgboxex_icon_label {{ max-width: 0px; max-height: 0px; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line_strong};
  padding: {xs}px {s}px; font-size: {label}px; }}
QLabel {{ background: transparent; }}
QLabel[role="muted"] {{ color: {text_muted}; }}
QLabel[role="faint"] {{ color: {text_faint}; font-size: {label}px; }}
QLabel[role="label"] {{ color: {text_muted}; font-size: {label}px; font-weight: 500; }}
QLabel[role="title"] {{ font-size: {title}px; font-weight: 600; }}
QLabel[role="heading"] {{ font-size: {heading}px; font-weight: 600; }}
QLabel[role="display"] {{ font-size: {display}px; font-weight: 600; }}
QLabel[role="bad"] {{ color: {bad}; }}
QFrame[role="line"] {{ background: {line}; border: none; max-height: 1px; min-height: 1px; }}
QFrame[role="card"] {{ background: {raised}; border: 1px solid {line}; border-radius: {rl}px; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
"""

_BUTTONS = """
QPushButton {{ background: {raised}; border: 1px solid {line_strong}; border-radius: {rm}px;
  padding: 0 {m}px; min-height: {button}px; font-weight: 500; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:pressed {{ background: {pressed}; }}
QPushButton:focus {{ border-color: {accent}; }}
QPushButton:disabled {{ color: {text_faint}; border-color: {line}; background: {window}; }}
QPushButton[kind="primary"] {{ background: {accent}; color: {on_accent};
  border-color: {accent}; font-weight: 600; }}
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:pressed {{
  background: {accent_hover}; border-color: {accent_hover}; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {text}; }}
QPushButton[kind="primary"]:disabled {{ background: {sunken}; color: {text_faint};
  border-color: {line}; }}
QPushButton[kind="danger"] {{ color: {bad}; border-color: {bad}; }}
QPushButton[kind="danger"]:disabled {{ color: {text_faint}; border-color: {line}; }}
QPushButton[kind="quiet"], QToolButton {{ background: transparent; border: 1px solid transparent;
  border-radius: {rm}px; }}
QPushButton[kind="quiet"]:hover, QToolButton:hover {{ background: {hover}; }}
QPushButton[kind="quiet"]:pressed, QToolButton:pressed {{ background: {pressed}; }}
QPushButton[kind="quiet"]:focus, QToolButton:focus {{ border-color: {accent}; }}
QToolButton {{ padding: {xs}px; min-width: {tool}px; min-height: {tool}px; }}
QToolButton:checked {{ background: {accent_soft}; color: {accent}; }}
QToolButton::menu-indicator {{ image: none; }}
QToolButton[role="rail"] {{ border-radius: {rl}px; font-size: {small}px; font-weight: 500;
  color: {text_muted}; padding: {s}px 0 6px 0; }}
QToolButton[role="rail"]:checked {{ background: {accent_soft}; color: {accent}; }}
QToolButton[role="chip"], QPushButton[role="chip"] {{ border: 1px solid {line_strong};
  border-radius: {pill}px; padding: 0 {m}px; min-height: {chip}px; background: transparent;
  font-weight: 500; font-size: {label}px; }}
QToolButton[role="chip"]:hover, QPushButton[role="chip"]:hover {{ background: {hover}; }}
QToolButton[role="chip"]:checked, QPushButton[role="chip"]:checked {{ background: {accent_soft};
  border-color: {accent}; color: {accent}; }}
QToolButton[role="chip"]:focus, QPushButton[role="chip"]:focus {{ border-color: {accent}; }}
#segments {{ background: {sunken}; border-radius: {rm}px; }}
#segments QToolButton {{ border-radius: {rs}px; min-height: {segment}px; padding: 0 {s}px;
  margin: 2px; color: {text_muted}; font-weight: 500; font-size: {label}px; }}
#segments QToolButton:checked {{ background: {raised}; color: {text}; }}
#segments QToolButton:focus {{ border-color: {accent}; }}
#tokenPill {{ border: 1px solid {line_strong}; border-radius: {pill}px; padding: 0 {m}px;
  min-height: {chip}px; background: {raised}; font-weight: 600; }}
#tokenPill[low="true"] {{ border-color: {warning}; color: {warning}; }}
#avatar {{ border-radius: 16px; }}
"""

_FIELDS = """
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateTimeEdit {{
  background: {raised}; border: 1px solid {line_strong}; border-radius: {rm}px;
  padding: 0 {s}px; min-height: {field}px;
  selection-background-color: {accent}; selection-color: {on_accent}; }}
QPlainTextEdit, QTextEdit {{ padding: {xs}px {xs}px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus,
QComboBox:focus, QDateTimeEdit:focus {{ border-color: {accent}; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QSpinBox:disabled, QComboBox:disabled {{
  color: {text_faint}; background: {window}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
QLineEdit QToolButton {{ padding: 0; border: none; background: transparent; min-width: 20px;
  min-height: 20px; }}
#search {{ background: {sunken}; border-color: {sunken}; }}
#search:focus {{ background: {raised}; border-color: {accent}; }}
QComboBox::drop-down, QDateTimeEdit::drop-down {{ border: none; width: {xl}px; }}
QComboBox::down-arrow {{ image: url({icons}/chevron-down-field.svg); width: 14px; height: 14px; }}
QDateTimeEdit::down-arrow {{ image: url({icons}/calendar-field.svg); width: 14px; height: 14px; }}
QCalendarWidget {{ background: {raised}; border: 1px solid {line_strong}; }}
QCalendarWidget QWidget {{ background: {raised}; alternate-background-color: {raised}; }}
QCalendarWidget QToolButton {{ color: {text}; font-weight: 600; padding: {xs}px {s}px; }}
QComboBox QAbstractItemView {{ background: {raised}; border: 1px solid {line_strong};
  selection-background-color: {accent_soft}; selection-color: {text}; }}
QCheckBox, QRadioButton {{ spacing: {s}px; min-height: {xl}px; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {line_strong};
  border-radius: {rs}px; background: {raised}; }}
QCheckBox::indicator:hover {{ border-color: {text_faint}; }}
QCheckBox::indicator:focus {{ border-color: {accent}; }}
QCheckBox::indicator:checked {{ background: {accent}; border-color: {accent};
  image: url({icons}/check-{name}.svg); }}
QCheckBox::indicator:indeterminate {{ image: url({icons}/minus-field.svg); }}
QCheckBox::indicator:disabled {{ background: {window}; }}
QSlider::groove:horizontal {{ height: 4px; background: {sunken}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
  background: {raised}; border: 1px solid {line_strong}; }}
QSlider::handle:horizontal:focus {{ border: 2px solid {accent}; }}
QProgressBar {{ background: {sunken}; border: none; border-radius: 2px; max-height: 4px;
  min-height: 4px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 2px; }}
"""

_LISTS = """
QMenu {{ background: {raised}; border: 1px solid {line_strong}; padding: {xs}px; }}
QMenu::item {{ padding: 6px {xl}px 6px {m}px; border-radius: {rs}px; }}
QMenu::item:selected {{ background: {accent_soft}; }}
QMenu::item:disabled {{ color: {text_faint}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: {xs}px; }}
QListView, QTreeView, QTableView {{ background: {surface}; border: none;
  selection-background-color: {accent_soft}; selection-color: {text}; }}
QListView::item, QTreeView::item {{ padding: 6px {s}px; border-radius: {rs}px; }}
QListView::item:selected, QTreeView::item:selected {{ background: {accent_soft}; color: {text}; }}
QHeaderView::section {{ background: {window}; color: {text_muted}; border: none;
  border-bottom: 1px solid {line}; padding: 6px {s}px; font-size: {label}px; font-weight: 500; }}
QScrollBar:vertical {{ background: transparent; width: 14px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 14px; margin: 0; }}
QScrollBar::handle {{ background: {line_strong}; border-radius: 4px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 40px; }}
QScrollBar::handle:horizontal {{ min-width: 40px; }}
QScrollBar::handle:hover {{ background: {text_faint}; }}
QScrollBar::handle:disabled {{ background: transparent; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: {line}; }}
"""

_FRAME = """
#rail {{ background: {surface}; border-right: 1px solid {line}; }}
#topBar {{ background: {surface}; border-bottom: 1px solid {line}; }}
#queueStrip {{ background: {surface}; border-top: 1px solid {line}; }}
#queueStrip QLabel {{ font-size: {label}px; color: {text_muted}; }}
#sidePanel {{ background: {surface}; border-left: 1px solid {line}; }}
#toast {{ background: {raised}; border: 1px solid {line_strong}; border-radius: {rl}px; }}
#palette {{ background: {raised}; border: 1px solid {line_strong}; border-radius: {rl}px; }}
#palette QListView {{ background: transparent; }}
#choiceCard {{ background: {raised}; border: 1px solid {line}; border-radius: {rl}px;
  text-align: left; padding: 0; }}
#choiceCard:hover {{ border-color: {line_strong}; }}
#choiceCard:checked {{ border: 2px solid {accent}; }}
#choiceCard:focus {{ border-color: {accent}; }}
#choiceCard:disabled {{ background: {window}; }}
#bar {{ background: {window}; }}
"""


def build(palette: Palette) -> str:
    """Return the Qt style sheet for `palette`."""
    sizes = {
        "xs": Space.XS, "s": Space.S, "m": Space.M, "l": Space.L, "xl": Space.XL,
        "rs": Radius.S, "rm": Radius.M, "rl": Radius.L, "pill": Radius.PILL,
        "small": Type.SMALL, "label": Type.LABEL, "body": Type.BODY, "title": Type.TITLE,
        "heading": Type.HEADING, "display": Type.DISPLAY,
        "button": Size.CONTROL - 2, "field": Size.CONTROL - 2, "tool": Size.CONTROL - 10,
        "chip": Size.CONTROL - 6, "segment": Size.CONTROL - 8,
    }  # fmt: skip
    values = palette.as_dict() | {"icons": (resources() / "icons").as_posix()}
    sheet = _BASE + _BUTTONS + _FIELDS + _LISTS + _FRAME
    return sheet.format(**values, **sizes)
