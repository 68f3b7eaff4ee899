"""Use cases, one transaction each: the only door the faces and the worker have to data."""
