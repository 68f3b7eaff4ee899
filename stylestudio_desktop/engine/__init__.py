"""The embedded image engine: honest product pictures by compositing, on a CPU, offline."""
