"""Has PySide make the classes that the window needs on the UI thread, before others need them.

PySide makes a class when it is first asked for, and two threads that do so at once end the
program: each takes the recipe out of one table of the module, and the second finds it gone (a null
pointer in libshiboken's `TypeCreationStruct` table; PySide 6.11, seen with `QtWidgets` read by two
threads). Loading a pane's code asks for many, so all are made before that is left to a thread.
"""

from collections.abc import Iterator
from importlib import import_module

CLASSES = {
    "QtCore": """
        QAbstractTableModel QBuffer QByteArray QCoreApplication QDate QDateTime QEvent QEventLoop
        QIODevice QItemSelection QItemSelectionModel QLibraryInfo QLineF QLocale QMimeData
        QModelIndex QObject QPersistentModelIndex QPoint QPointF QRect QRectF QSize QSizeF
        QStandardPaths QStringListModel QSysInfo QThread QTimer QTranslator QUrl Qt Signal
        SignalInstance Slot
    """,
    "QtGui": """
        QAction QActionGroup QCloseEvent QColor QColorSpace QContextMenuEvent QDesktopServices
        QDrag QDragEnterEvent QDragLeaveEvent QDragMoveEvent QDropEvent QFocusEvent QFont
        QFontDatabase QFontMetrics QGuiApplication QHelpEvent QIcon QImage QImageReader
        QImageWriter QKeyEvent QKeySequence QMouseEvent QPaintEvent QPainter QPainterPath QPalette
        QPen QPixmap QPolygonF QResizeEvent QScreen QShortcut QShowEvent QStandardItem
        QStandardItemModel QTextCharFormat QTransform QWheelEvent qRgba
    """,
    "QtSvg": "QSvgRenderer",
    "QtWidgets": """
        QAbstractButton QAbstractItemView QAbstractScrollArea QApplication QBoxLayout QButtonGroup
        QCalendarWidget QCheckBox QComboBox QCompleter QDateTimeEdit QDialog QDoubleSpinBox
        QFileDialog QFrame QGridLayout QHBoxLayout QHeaderView QInputDialog QKeySequenceEdit QLabel
        QLayout QLayoutItem QLineEdit QListView QListWidget QListWidgetItem QMainWindow QMenu
        QMessageBox QPlainTextEdit
        QProgressBar QPushButton QScrollArea QSizePolicy QSlider QSpacerItem QSpinBox QStackedLayout
        QStackedWidget QStyle QStyleOptionViewItem QStyledItemDelegate QTableView QToolButton
        QToolTip QVBoxLayout QWidget
    """,
}
"""Whatever the window's code imports, by module; a test holds this to the code."""

ASKED_FOR_BY_OTHERS = {
    "QtCore": "QAbstractAnimation QChildEvent QDynamicPropertyChangeEvent QTime QTimerEvent",
    "QtGui": """
        QActionEvent QBrush QChildWindowEvent QEnterEvent QExposeEvent QFileOpenEvent QGradient
        QHideEvent QHoverEvent QIconDragEvent QInputMethodEvent QInputMethodQueryEvent QMoveEvent
        QNativeGestureEvent QPlatformSurfaceEvent QPolygon QScrollEvent QScrollPrepareEvent
        QShortcutEvent QStatusTipEvent QSurface QTabletEvent QTextFormat QToolBarChangeEvent
        QTouchEvent QWhatsThisClickedEvent QWindow QWindowStateChangeEvent
    """,
    "QtWidgets": """
        QColorDialog QColumnView QCommandLinkButton QCommonStyle QDateEdit QDial
        QDialogButtonBox QDockWidget QErrorMessage QFocusFrame QFontComboBox QFontDialog
        QGraphicsView QGroupBox QLCDNumber QMdiArea QMdiSubWindow QMenuBar
        QProgressDialog QRadioButton QRhiWidget QRubberBand QScrollBar QSizeGrip QSplashScreen
        QSplitter QSplitterHandle QStatusBar QTabBar QTabWidget QTableWidget QTextBrowser QTextEdit
        QTimeEdit QToolBar QToolBox QTreeView QTreeWidget QUndoView QWizard QWizardPage
        QGestureEvent QGraphicsSceneContextMenuEvent QGraphicsSceneDragDropEvent
        QGraphicsSceneEvent QGraphicsSceneHelpEvent QGraphicsSceneHoverEvent
        QGraphicsSceneMouseEvent QGraphicsSceneMoveEvent QGraphicsSceneResizeEvent
        QGraphicsSceneWheelEvent
    """,
}
"""Classes that nobody names. PySide makes all kinds of widgets at once where Qt hands over one that
it made itself (a table's viewport, say) and all events where it hands over an event: 20 ms, felt
when the first pane with a table is opened, unless they are there."""


def make() -> Iterator[str]:
    """Make one class at each step, on the thread that asks, and yield its name."""
    for recipes in (CLASSES, ASKED_FOR_BY_OTHERS):
        for module, names in recipes.items():
            part = import_module(f"PySide6.{module}")
            for name in names.split():
                getattr(part, name, None)  # a platform may lack what nobody names
                yield name
