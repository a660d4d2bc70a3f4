"""Keeping a site whole: its making, its health, its demo."""
