"""A reference relay: sells tokens for a vendor and signs what it says."""
