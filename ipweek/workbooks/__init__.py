"""Excel and Word in and out: the merged workbook and its layout."""
