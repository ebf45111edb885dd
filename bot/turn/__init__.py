"""TURN: one person at a time, from the kept row to what the handlers made of it."""
