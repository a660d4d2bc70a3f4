"""Reading the annex tables that people send as .xlsx and .docx. Pure: bytes in, rows and remarks out."""
