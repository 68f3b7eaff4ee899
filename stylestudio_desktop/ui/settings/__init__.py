"""The Settings: how the program looks, what it may do, what it stands on."""
