"""How the program looks, speaks, and what it lets in."""

from PySide6.QtWidgets import QSizePolicy, QWidget

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.config.settings import Settings
from stylestudio_desktop.ui.settings.fields import FIELD, Choice, Number, Section
from stylestudio_desktop.ui.settings.keeping import Keeper
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.translation import LANGUAGES
from stylestudio_desktop.ui.widgets.chips import Segments
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.forms import FormRow


class LookSection(Section):
    """Light or dark, and the language."""

    def __init__(self, keeper: Keeper, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Appearance"), parent=parent)
        self._keeper = keeper
        self.look = Segments(
            [
                (Appearance.SYSTEM.value, self.tr("Follow the system"), None),
                (Appearance.LIGHT.value, self.tr("Light"), None),
                (Appearance.DARK.value, self.tr("Dark"), None),
            ],
            self.tr("Light or dark"),
        )
        self.look.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.language = Choice([("system", self.tr("Follow the system")), *_languages()])
        self.body.addWidget(FormRow(self.tr("Light or dark"), self.look))
        self._row = FormRow(self.tr("Language"), self.language)
        self.body.addWidget(self._row)
        self.look.picked.connect(self._on_look)
        self.language.currentIndexChanged.connect(self._on_language)
        theme().changed.connect(self._follow)

    def show_settings(self, value: Settings) -> None:
        """Show what is in force."""
        self._follow()
        self.language.set_value(value.language)

    def _follow(self) -> None:
        self.look.set_value(theme().appearance.value)

    def _on_look(self, look: str) -> None:
        theme().set_appearance(Appearance(look))
        self._keeper.keep(appearance=look)

    def _on_language(self) -> None:
        self._keeper.keep(language=self.language.currentData())
        self._row.say(self.tr("Kept. The window speaks it from its next start on."))


def _languages() -> list[tuple[str, str]]:
    """Return the languages whose translation is here; English needs none."""
    folder = resources() / "translations"
    return [
        (code, name)
        for code, name in LANGUAGES.items()
        if code == "en" or (folder / f"stylestudio_{code}.qm").is_file()
    ]


class LimitsSection(Section):
    """What may come in, when to warn, how long the trash keeps, and whether the network is used."""

    def __init__(self, keeper: Keeper, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Limits"), parent=parent)
        self.file_mb = Number(0.1, 500, self.tr("MB"), whole=False)
        self.megapixels = Number(0.1, 500, self.tr("megapixels"), whole=False)
        self.low = Number(0, 100_000, self.tr("tokens"))
        self.days = Number(1, 3650, self.tr("days"))
        self.network = Segments(
            [(True, self.tr("Allowed"), None), (False, self.tr("Switched off"), None)],
            self.tr("Network"),
        )
        self.network.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        fields = QWidget()
        flow = FlowLayout(fields, Space.M, fill=FIELD + Space.XL)
        for name, field in (
            (self.tr("Largest photo file to import"), self.file_mb),
            (self.tr("Largest photo size to import"), self.megapixels),
            (self.tr("Warn when the balance falls to"), self.low),
            (self.tr("Remove from the trash after"), self.days),
        ):
            flow.addWidget(FormRow(name, field))
        self.body.addWidget(fields)
        hint = self.tr("Switched off, nothing is sent and nothing fetched. All you have works on.")
        self.body.addWidget(FormRow(self.tr("Network"), self.network, hint))
        self.file_mb.valueChanged.connect(lambda value: keeper.keep(max_file_mb=value))
        self.megapixels.valueChanged.connect(lambda value: keeper.keep(max_megapixels=value))
        self.low.valueChanged.connect(lambda value: keeper.keep(low_balance=int(value)))
        self.days.valueChanged.connect(lambda value: keeper.keep(trash_days=int(value)))
        self.network.picked.connect(lambda allowed: keeper.keep(no_network=not allowed))

    def show_settings(self, value: Settings) -> None:
        """Show what is in force."""
        self.file_mb.set_value(value.max_file_mb)
        self.megapixels.set_value(value.max_megapixels)
        self.low.set_value(value.low_balance)
        self.days.set_value(value.trash_days)
        self.network.set_value(not value.no_network)
