"""The other codes, each on the same problems: one file a code."""
