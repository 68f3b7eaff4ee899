"""Keys are kept where only their owner gets at them, and nowhere else."""
