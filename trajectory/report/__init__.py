"""The way out: what a flight looks like on the terminal, in pictures, and in files."""
