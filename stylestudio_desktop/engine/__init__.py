"""The embedded engine: product pictures by compositing, on the CPU, with the network off.

It runs in a process of its own (`python -m stylestudio_desktop.engine serve`), so that nothing
that image code does can take the window down. No other room imports it, but for `weights`.
"""
