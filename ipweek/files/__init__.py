"""Files that people send: the gate before any library, the parsing child, quotas, and what is kept."""
