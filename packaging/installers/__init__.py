"""Makes installers of the frozen program: what goes in, what it owes to whom, how it is packed."""
