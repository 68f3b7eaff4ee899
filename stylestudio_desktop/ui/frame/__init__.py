"""What stands around the panes: rail, top bar, queue strip, notices."""
