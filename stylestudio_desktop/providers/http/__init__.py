"""The one way to services over the network, for all adapters alike."""

from stylestudio_desktop.providers.http import inline
from stylestudio_desktop.providers.http.answer import Answer, Fields
from stylestudio_desktop.providers.http.door import Door, File, Http
from stylestudio_desktop.providers.http.judging import code_of, judge, words_of
from stylestudio_desktop.providers.http.line import Access
from stylestudio_desktop.providers.http.redaction import plain, redact

__all__ = [
    "Access",
    "Answer",
    "Door",
    "Fields",
    "File",
    "Http",
    "code_of",
    "inline",
    "judge",
    "plain",
    "redact",
    "words_of",
]
