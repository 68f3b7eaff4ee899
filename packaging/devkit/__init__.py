"""The rooms behind `packaging/dev.py`: set-up, checks, start; standard library only."""
