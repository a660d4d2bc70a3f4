"""The annex tables: their rows and cells, the log of every change, the readings and checks, and the grid."""
