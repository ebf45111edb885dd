"""Telegram: its door, its wire, and what its keyboards can show."""
