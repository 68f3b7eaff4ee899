"""Says times, lengths, sizes, prices and states as people do, the same in every pane."""

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale

from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.keeping import Reason
from stylestudio_desktop.domain.money import digits
from stylestudio_desktop.ui.widgets.labels import Status as Badge

_MINUTE, _HOUR = 60_000, 3_600_000
translate = QCoreApplication.translate


def when(at: int, now: int) -> str:
    """Return UTC milliseconds as a human moment: "3 minutes ago", "today 14:05", "12 Nov 2025"."""
    past = now - at
    if 0 <= past < _MINUTE:
        return translate("Wording", "just now")
    if 0 <= past < _HOUR:
        return translate("Wording", "%n minute(s) ago", "", past // _MINUTE)
    moment, locale = QDateTime.fromMSecsSinceEpoch(at), QLocale()
    today = QDateTime.fromMSecsSinceEpoch(now).date()
    clock = locale.toString(moment.time(), QLocale.FormatType.ShortFormat)
    if moment.date() == today:
        return translate("Wording", "today %1").replace("%1", clock)
    if moment.date() == today.addDays(-1):
        return translate("Wording", "yesterday %1").replace("%1", clock)
    if moment.date().year() == today.year():
        return f"{locale.toString(moment.date(), _day_form())} {clock}"
    return locale.toString(moment.date(), date_form())


def date_form() -> str:
    """Return how Qt is to write a date: a day's number has a dot behind it in German."""
    return translate("Wording", "d MMM yyyy")


def _day_form() -> str:
    return translate("Wording", "d MMM")


def date(at: int) -> str:
    """Return UTC milliseconds as a local date: "12 Nov 2025"."""
    return QLocale().toString(QDateTime.fromMSecsSinceEpoch(at).date(), date_form())


def moment(at: int) -> str:
    """Return UTC milliseconds as an exact local date and time, for details and tooltips."""
    time = QDateTime.fromMSecsSinceEpoch(at)
    locale = QLocale()
    clock = locale.toString(time.time(), "HH:mm:ss")
    return f"{locale.toString(time.date(), date_form())}, {clock}"


def honest(mode: str) -> str:
    """Return how the embedded engine made a picture in a mode of its own; "" for other services."""
    if mode in ("still_life", "scene"):
        return translate("Wording", "Made on this computer by compositing, no generative model")
    if mode == "draft":
        return translate(
            "Wording",
            "Draft composite, made on this computer by compositing, no generative model. "
            "Placement preview, not a photograph and not a fit guarantee",
        )
    return ""


def percent(share: float) -> str:
    """Return a share of 1 in hundredths: "42%"."""
    return translate("Wording", "%1%").replace("%1", QLocale().toString(round(share * 100)))


def decimal(value: float) -> str:
    """Return a number with one decimal place: "2.5"."""
    return QLocale().toString(float(value), "f", 1)


def figure(value: float) -> str:
    """Return a number with the places it has, six at most: "1,234.5", "17"."""
    shortest = QLocale.FloatingPointPrecisionOption.FloatingPointShortest.value
    return QLocale().toString(round(float(value), 6), "f", shortest)


def day(number: int) -> str:
    """Return a day counted from 1970-01-01 as a short date."""
    date = QDate(1970, 1, 1).addDays(number)
    return QLocale().toString(date, _day_form())


def length(milliseconds: float | None) -> str:
    """Return a length of time: "0.8 s", "42 s", "3 min 5 s"; a dash when there is none."""
    if milliseconds is None:
        return "–"
    seconds = milliseconds / 1000
    if seconds < 10:
        return translate("Wording", "%1 s").replace("%1", QLocale().toString(seconds, "f", 1))
    whole = round(seconds)
    if whole < 60:
        return translate("Wording", "%1 s").replace("%1", str(whole))
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        words = translate("Wording", "%1 min %2 s")
        return words.replace("%1", str(minutes)).replace("%2", str(rest))
    hours, minutes = divmod(minutes, 60)
    return translate("Wording", "%1 h %2 min").replace("%1", str(hours)).replace("%2", str(minutes))


def size(number: int) -> str:
    """Return bytes as people read them: "4.2 MB"."""
    return QLocale().formattedDataSize(number, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def count(number: int) -> str:
    """Return a whole number with the locale's separators."""
    return QLocale().toString(number)


def money(amount: float, currency: str) -> str:
    """Return an amount, in the currency's smallest unit, as the locale writes it."""
    symbol = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}.get(
        currency.upper(), f"{currency.upper()} "
    )
    places = digits(currency)
    return QLocale().toCurrencyString(amount / 10**places, symbol, places)


def instead(provider: str, name: str) -> str:
    """Return what a button says that has another service make the same."""
    if provider == "local":
        return translate("Wording", "Make it on this computer")
    return translate("Wording", "Use %1 instead").replace("%1", name)


def badge(status: str, review: str | None = None) -> Badge:
    """Return how a generation's state is shown: a word, an icon and a tone."""
    if review is not None:
        return Badge(translate("Wording", "Needs you"), "circle-help", "warning")
    if status == Status.COMPLETED.value:  # by far the most frequent, and asked for at every paint
        return Badge(translate("Wording", "Done"), "circle-check", "good")
    if status == Status.FAILED.value:
        return Badge(translate("Wording", "Failed"), "circle-alert", "bad")
    if status == Status.CANCELLED.value:
        return Badge(translate("Wording", "Cancelled"), "ban")
    if status == Status.PENDING.value:
        return Badge(translate("Wording", "Waiting"), "clock")
    if status == Status.UPLOADING.value:
        return Badge(translate("Wording", "Sending"), "upload", "accent")
    if status == Status.PROCESSING.value:
        return Badge(translate("Wording", "Working"), "loader-circle", "accent")
    return Badge(status, "circle-help")


def category(name: str) -> str:
    """Return a file category in plain words."""
    known = {
        "product_image": translate("Wording", "Product photos"),
        "model_image": translate("Wording", "Photos of people"),
        "background_image": translate("Wording", "Background photos"),
        "generated_image": translate("Wording", "Pictures made"),
        "profile_image": translate("Wording", "Profile picture"),
    }
    return known.get(name, name)


def snapshot_reason(reason: Reason) -> str:
    """Return why a snapshot was taken, in a few words."""
    return {
        Reason.HOURLY: translate("Wording", "taken by itself"),
        Reason.ASKED: translate("Wording", "asked for"),
        Reason.MIGRATION: translate("Wording", "before an update"),
        Reason.IMPORT: translate("Wording", "before an import"),
        Reason.RESTORE: translate("Wording", "before going back"),
        Reason.REPAIR: translate("Wording", "before mending"),
    }[reason]


def held_up(name: str) -> str:
    """Return what holds work up, where its progress says so in place of a name; else nothing."""
    from stylestudio_desktop.files.attending import waited_for

    place = waited_for(name)
    if place is None:
        return ""
    text = QCoreApplication.translate(
        "Wording", "The disk of %1 does not answer. This goes on by itself as soon as it does."
    )
    return text.replace("%1", place)


def clipped(text: str, most: int = 60) -> str:
    """Return the first line of `text`, cut to `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
