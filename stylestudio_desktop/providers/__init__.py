"""The services that make pictures, each behind the same four verbs."""
