"""The command line, for scripts and for proof: one module for each group of commands."""
