"""What a careful clerk reads out of a cell: times, head counts, contacts, venues. Pure, and never a guess.

The typed text is kept for ever; a reading stands beside it. Where the words allow more than one reading, ``ask``
is set and ``choices`` holds texts that would be clear.
"""
