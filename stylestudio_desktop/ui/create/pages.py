"""The pages behind the tabs, each made when first needed, or one by one while nothing happens."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services.sources import Sample
from stylestudio_desktop.ui.create.desk import Desk
from stylestudio_desktop.ui.create.draft import Step
from stylestudio_desktop.ui.create.look_page import LookPage
from stylestudio_desktop.ui.create.making import Making
from stylestudio_desktop.ui.create.model_page import ModelPage
from stylestudio_desktop.ui.create.page import Page
from stylestudio_desktop.ui.create.pictures_page import PicturesPage
from stylestudio_desktop.ui.create.product_page import ProductPage
from stylestudio_desktop.ui.create.review_page import ReviewPage

_BETWEEN_MS = 20
P = TypeVar("P", bound=Page)


class Pages(QStackedWidget):
    """Passes on what the pages ask for.

    `browse(category)` and `gallery(category)` ask for photos, `sample_picked(category, sample)`
    for one of ours, `paste()` for the clipboard's; `asked(verb, generation id)` is a card's wish.
    """

    browse = Signal(object)
    gallery = Signal(object)
    paste = Signal()
    many = Signal(bool)
    several = Signal()
    sample_picked = Signal(object, object)
    asked = Signal(object, object)

    def __init__(self, desk: Desk, making: Making, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._making = desk, making
        self._makers: dict[Step, Callable[[], Page]] = {
            Step.PRODUCT: lambda: self.products,
            Step.MODEL: lambda: self.models,
            Step.LOOK: lambda: self.look,
            Step.REVIEW: lambda: self.review,
            Step.PICTURES: lambda: self.pictures,
        }
        self._missing = list(Step)
        self._bare: Page | None = None
        self._coming: Page | None = None
        self._idle = QTimer(self)
        self._idle.setInterval(_BETWEEN_MS)
        self._idle.timeout.connect(self._make_one)

    @property
    def complete(self) -> bool:
        """Return whether all pages are made."""
        return not self._missing

    def page(self, step: Step) -> Page:
        """Return a page, made now, and whole, if it was not yet."""
        page = self._makers[step]()
        while page.grow():
            pass
        return page

    def bring(self, step: Step) -> None:
        """Bring a page to the front, up to date already: so it is laid out once.

        On screen it is laid out in the next turn and painted in the one after that: all at once
        would be felt.
        """
        self._coming = page = self.page(step)
        if page is not self.currentWidget():
            page.show_desk()
            if self.isVisible():
                QTimer.singleShot(0, self, self._come)
            else:
                self._come()

    def make_the_rest(self) -> None:
        """Make the other pages too, one at a time, so that none is waited for later."""
        if self._missing:
            self._idle.start()

    @cached_property
    def products(self) -> ProductPage:
        """The first step."""
        page = self._kept(ProductPage(self._desk, self))
        page.paste.connect(self.paste)
        page.many.connect(self.many)
        page.browse.connect(partial(self.browse.emit, Category.PRODUCT))
        page.gallery.connect(partial(self.gallery.emit, Category.PRODUCT))
        page.sample_picked.connect(partial(self._on_sample, Category.PRODUCT))
        return page

    @cached_property
    def models(self) -> ModelPage:
        """The second step."""
        page = self._kept(ModelPage(self._desk, self))
        page.browse.connect(partial(self.browse.emit, Category.MODEL))
        page.gallery.connect(partial(self.gallery.emit, Category.MODEL))
        page.sample_picked.connect(partial(self._on_sample, Category.MODEL))
        page.look_for_people()
        return page

    @cached_property
    def look(self) -> LookPage:
        """The third step."""
        page = self._kept(LookPage(self._desk, self))
        page.browse.connect(partial(self.browse.emit, Category.BACKGROUND))
        page.gallery.connect(partial(self.gallery.emit, Category.BACKGROUND))
        page.several.connect(self.several)
        return page

    @cached_property
    def review(self) -> ReviewPage:
        """The last step before paying."""
        return self._kept(ReviewPage(self._desk, self))

    @cached_property
    def pictures(self) -> PicturesPage:
        """What is in the making."""
        page = self._kept(PicturesPage(self._making, self._desk.photos, self))
        page.asked.connect(self.asked)
        return page

    def refresh(self) -> None:
        """Look again at what other panes may have changed."""
        if "models" in self.__dict__:
            self.models.look_for_people()

    def _kept(self, page: P) -> P:
        self.addWidget(page)
        return page

    def _come(self) -> None:
        page = self._coming
        if page is not None and page is not self.currentWidget():
            page.setUpdatesEnabled(False)
            self.setCurrentWidget(page)
            QTimer.singleShot(0, page, partial(page.setUpdatesEnabled, True))

    def _make_one(self) -> None:
        step = self._missing[0]
        if self._bare is not None:
            self._bare.ensurePolished()  # styled now, it comes to the front sooner
            self._bare = None
            self._missing.pop(0)
        elif not self._makers[step]().grow():
            self._bare = self._makers[step]()
        if not self._missing:
            self._idle.stop()

    def _on_sample(self, category: Category, sample: Sample) -> None:
        self.sample_picked.emit(category, sample)
