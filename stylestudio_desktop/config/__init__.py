"""Where a workspace lies and what its settings and catalogue say."""
