"""Rubbish for everything that reads what strangers made."""
