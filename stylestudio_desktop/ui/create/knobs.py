"""The settings that only some services have; what the chosen one lacks is shown with the reason."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLineEdit, QSpinBox, QWidget

from stylestudio_desktop.domain.brief import GUIDANCE, MAX_SEED, STEPS, STRENGTH
from stylestudio_desktop.providers.protocol import Capabilities
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.draft import Draft
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.forms import FormRow


class Knobs(QWidget):
    """Seed, strength, guidance, steps and what to keep out; `edit(**changes)` takes changes."""

    def __init__(self, edit: Callable[..., None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit = edit
        self._showing = False
        self.seed = _whole(-1, MAX_SEED, words.tr("By chance"))
        self.strength = _fraction(STRENGTH[1], 0.05, words.tr("As usual"))
        self.guidance = _fraction(GUIDANCE[1], 0.5, words.tr("As usual"))
        self.steps = _whole(0, STEPS[1], words.tr("As usual"))
        self.negative = QLineEdit()
        self.negative.setPlaceholderText(words.tr("For example: flowers, people"))
        self.rows = {
            "seed": FormRow(
                words.tr("Seed"), self.seed, words.tr("The same seed gives the same picture.")
            ),
            "strength": FormRow(
                words.tr("Strength"), self.strength, words.tr("How far it may go from the photo.")
            ),
            "guidance_scale": FormRow(
                words.tr("Guidance"), self.guidance, words.tr("How closely it follows the words.")
            ),
            "num_inference_steps": FormRow(
                words.tr("Steps"), self.steps, words.tr("More steps take longer.")
            ),
            "negative_prompt": FormRow(words.tr("Keep out"), self.negative),
        }
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.L)
        grid.setVerticalSpacing(Space.M)
        for position, name in enumerate(("seed", "strength", "guidance_scale")):
            grid.addWidget(self.rows[name], 0, position, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.rows["num_inference_steps"], 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.rows["negative_prompt"], 1, 1, 1, 2, Qt.AlignmentFlag.AlignTop)
        for spin in (self.seed, self.strength, self.guidance, self.steps):
            spin.installEventFilter(self)
        self._connect()

    def show_draft(self, draft: Draft, able: Capabilities, service: str) -> None:
        """Show the draft's values; disable what the service lacks and say so."""
        self._showing = True
        self.seed.setValue(-1 if draft.seed is None else draft.seed)
        self.strength.setValue(draft.strength or 0.0)
        self.guidance.setValue(draft.guidance_scale or 0.0)
        self.steps.setValue(draft.steps or 0)
        if self.negative.text() != draft.negative_prompt:
            self.negative.setText(draft.negative_prompt)
        self._showing = False
        reason = words.tr("%1 has no such setting.").replace("%1", service)
        for name, row in self.rows.items():
            has = bool(getattr(able, name))
            row.field.setEnabled(has)
            if has:
                row.complain("")  # its own hint again
            else:
                row.say(reason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the wheel scroll the page unless the field has the focus."""
        if (
            event.type() == QEvent.Type.Wheel
            and isinstance(watched, QWidget)
            and not watched.hasFocus()
        ):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _connect(self) -> None:
        self.seed.valueChanged.connect(lambda value: self._tell(seed=None if value < 0 else value))
        self.strength.valueChanged.connect(
            lambda value: self._tell(strength=_within(value, STRENGTH))
        )
        self.guidance.valueChanged.connect(
            lambda value: self._tell(guidance_scale=_within(value, GUIDANCE))
        )
        self.steps.valueChanged.connect(lambda value: self._tell(steps=value or None))
        self.negative.textChanged.connect(lambda text: self._tell(negative_prompt=text))

    def _tell(self, **changes: Any) -> None:
        if not self._showing:
            self._edit(**changes)


def _within(value: float, limits: tuple[float, float]) -> float | None:
    return None if value <= 0 else max(limits[0], min(limits[1], round(value, 2)))


def _whole(least: int, most: int, unset: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(least, most)
    spin.setSpecialValueText(unset)
    spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return spin


def _fraction(most: float, step: float, unset: str) -> QDoubleSpinBox:
    spin = QDoubleSpinBox()
    spin.setRange(0.0, most)
    spin.setSingleStep(step)
    spin.setSpecialValueText(unset)
    spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return spin
