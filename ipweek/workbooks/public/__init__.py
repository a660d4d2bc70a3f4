"""The public edition (公开版): what is left out and masked, and its files. Pure: ``public_editions`` keeps it."""
