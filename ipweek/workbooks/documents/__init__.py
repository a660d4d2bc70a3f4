"""Word documents of the office in the official style (GB/T 9704-2012). Pure: what stands in them is handed in."""
