"""KEEP: what came through a door is committed, and only then acknowledged."""
