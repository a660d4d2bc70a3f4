"""From draft to accepted: submit, withdraw, review, return, approve; each decision on record."""
