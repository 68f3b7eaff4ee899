"""Installs the translation of the interface, and the plural forms that English needs too."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.ui import said

LANGUAGES = {"en": "English", "de": "Deutsch"}


def install(app: QCoreApplication, language: str | None = None) -> str:
    """Translate the application into `language` (None: the system's) and return what was taken.

    English is taken where there is no translation. Called before any widget is made.
    """
    wanted = language or QLocale.system().name().split("_")[0]
    taken = wanted if wanted in LANGUAGES else "en"
    said.speak(taken)
    if language is not None or taken != wanted:
        QLocale.setDefault(QLocale(taken))
    own, qt = QTranslator(app), QTranslator(app)
    if own.load(f"stylestudio_{taken}.qm", str(resources() / "translations")):
        app.installTranslator(own)
    if taken != "en":
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if qt.load(f"qtbase_{taken}.qm", folder):
            app.installTranslator(qt)
    return taken
