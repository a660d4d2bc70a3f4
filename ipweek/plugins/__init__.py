"""District plugins: found on disk, read as data, and run only in short-lived child processes.

Asks no other feature. ``annexes`` asks it for local fields; ``board`` hands it rows and shows what it draws.
"""
