"""Writes a query's words in the text index's own language."""

from stylestudio_desktop.domain.finding import Query, Word, has_words

_COLUMNS = {
    "": "name prompt tags notes",
    "name": "name",
    "prompt": "prompt",
    "note": "notes",
    "tag": "tags",
}


def match_text(user_id: int, query: Query, *, owned: bool = True) -> str | None:
    """Return the FTS5 query for one user's pictures, or None where no words are asked for.

    Not `owned`, it finds everybody's: the owner is asked for by whoever takes the hits, which is
    four times as quick. Every word is quoted, so no typed sign is an operator
    (sqlite.org/fts5.html, section 3).
    """
    if not query.words:
        return None
    wanted = []
    # A picture with a tag has the tag's words too, and the index intersects them far faster
    # than anything that looks at rows; that it is the very tag is asked of the rows.
    tags = [name for name in query.of("tag") if has_words(name)]
    wanted += [_term(Word(name, phrase=True, field="tag")) for name in tags]
    wanted += [_term(word) for word in query.words if not word.excluded]
    if owned or not wanted:
        wanted.insert(0, f'owner : "u{user_id}"')
    unwanted = [_term(word) for word in query.words if word.excluded]
    text = " AND ".join(wanted)
    return f"({text}) NOT ({' OR '.join(unwanted)})" if unwanted else text


def _term(word: Word) -> str:
    quoted = '"' + word.text.replace('"', '""') + '"'
    begins = "" if word.phrase or word.excluded else " *"
    return f"({{{_COLUMNS[word.field]}}} : {quoted}{begins})"
