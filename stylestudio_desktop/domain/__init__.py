"""The rules of the house, in the standard library alone: states, prices, ledger, events, errors."""
