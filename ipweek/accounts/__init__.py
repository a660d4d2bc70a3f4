"""Who you are: units, people, roles, log-ins, and the audit log. Asks no other feature."""
