"""Writes of budgets, by what they are about."""
