"""Selects, asked on behalf of somebody."""
