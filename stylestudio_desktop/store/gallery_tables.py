# ruff: noqa: D106
"""The tables of finding and ordering pictures as Peewee models, beside those of `tables`."""

from peewee import BigIntegerField, IntegerField, TextField

from stylestudio_desktop.store.model import Table


class Tags(Table):
    """Words a person puts on pictures."""

    id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    name = TextField()
    folded = TextField()

    class Meta:
        table_name = "tags"


class FileTags(Table):
    """Which pictures carry a tag."""

    tag_id = BigIntegerField()
    file_id = BigIntegerField()

    class Meta:
        table_name = "file_tags"
        primary_key = False


class Collections(Table):
    """Named sets of pictures."""

    id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    name = TextField()
    folded = TextField()
    description = TextField()
    created_at = BigIntegerField()
    position = IntegerField()

    class Meta:
        table_name = "collections"


class CollectionFiles(Table):
    """Which pictures a collection holds, in which order."""

    collection_id = BigIntegerField()
    file_id = BigIntegerField()
    position = IntegerField()

    class Meta:
        table_name = "collection_files"
        primary_key = False


class SavedQueries(Table):
    """Searches kept under a name."""

    id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    name = TextField()
    folded = TextField()
    query = TextField()
    created_at = BigIntegerField()
    position = IntegerField()

    class Meta:
        table_name = "saved_queries"


class GalleryActions(Table):
    """Steps in the gallery that can be undone."""

    id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    at = BigIntegerField()
    kind = TextField()
    forward = TextField()
    number = IntegerField()
    undone = IntegerField()

    class Meta:
        table_name = "gallery_actions"


class GalleryActionParts(Table):
    """What the pictures of one portion of a step were before it."""

    action_id = BigIntegerField()
    part = IntegerField()
    was = TextField()
    undone = IntegerField()

    class Meta:
        table_name = "gallery_action_parts"
        primary_key = False


class WatchFolders(Table):
    """Folders from which new pictures come in by themselves."""

    id = BigIntegerField(primary_key=True)
    user_id = BigIntegerField()
    path = TextField()
    category = TextField()
    enabled = IntegerField()
    added_at = BigIntegerField()

    class Meta:
        table_name = "watch_folders"


class WatchedFiles(Table):
    """What a watched folder brought already."""

    folder_id = BigIntegerField()
    name = TextField()
    size = IntegerField()
    mtime = BigIntegerField()
    state = TextField()

    class Meta:
        table_name = "watched_files"
        primary_key = False


class FileFacets(Table):
    """Kept counts of live pictures by what they are; written by triggers."""

    user_id = BigIntegerField()
    facet = TextField()
    value = TextField()
    number = IntegerField()

    class Meta:
        table_name = "file_facets"
        primary_key = False


GALLERY = (
    Tags,
    FileTags,
    Collections,
    CollectionFiles,
    SavedQueries,
    GalleryActions,
    GalleryActionParts,
    WatchFolders,
    WatchedFiles,
    FileFacets,
)
