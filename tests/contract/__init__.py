"""What every picture service is held to, and the servers that stand in for them."""
