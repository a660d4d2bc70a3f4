"""ipweek: the yearly IP publicity week, from the notice to the merged workbook.

Keep this file free of imports: plugin processes import the package too.
"""

__version__ = "0.1.0"
