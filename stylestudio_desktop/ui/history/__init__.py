"""History: every generation that was ever asked for, its whole story, and what all add up to."""
