"""The Wallet: what is there, what is held, what it buys, and every movement of tokens."""
