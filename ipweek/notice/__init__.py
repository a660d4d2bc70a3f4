"""The notice and its reader, and what it starts: the campaign, its deadlines, its working days, its annexes."""
