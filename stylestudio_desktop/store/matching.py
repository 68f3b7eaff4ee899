"""Writes a query's words in the text index's own language."""

from stylestudio_desktop.domain.finding import Query, Word

_COLUMNS = {"": "name prompt tags notes", "name": "name", "prompt": "prompt", "note": "notes"}


def match_text(user_id: int, query: Query) -> str | None:
    """Return the FTS5 query for one user's pictures, or None where no words are asked for.

    Every word is quoted, so no typed sign is an operator (sqlite.org/fts5.html, section 3).
    """
    if not query.words:
        return None
    wanted = [f'owner : "u{user_id}"']
    wanted += [_term(word) for word in query.words if not word.excluded]
    unwanted = [_term(word) for word in query.words if word.excluded]
    text = " AND ".join(wanted)
    return f"({text}) NOT ({' OR '.join(unwanted)})" if unwanted else text


def _term(word: Word) -> str:
    quoted = '"' + word.text.replace('"', '""') + '"'
    begins = "" if word.phrase or word.excluded else " *"
    return f"({{{_COLUMNS[word.field]}}} : {quoted}{begins})"
