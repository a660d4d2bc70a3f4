"""Where all units stand: progress, counts, who is missing."""
