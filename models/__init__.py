"""The cooperative: what would still be true on paper, without any phone."""
