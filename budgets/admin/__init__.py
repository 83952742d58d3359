"""Where the office works on budgets: set up, review, put to the vote, report; all by services."""

from budgets.admin import budgets, projects, steps

__all__ = ["budgets", "projects", "steps"]
