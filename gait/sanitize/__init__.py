"""What others made, made harmless: `text` such as names, and `files`."""
