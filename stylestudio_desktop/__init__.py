"""Style Studio Desktop: product pictures made, kept and paid for on the designer's own machine."""

__version__ = "0.1.0"
