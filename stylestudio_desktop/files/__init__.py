"""The file store: bytes kept by their digest, probed before they are trusted, with thumbnails."""
