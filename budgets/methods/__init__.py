"""Counting rules for budgets: pure functions on exact numbers, the same for page and recount.

`rules` names them, `greedy` counts, `profile` is what goes in and `outcome` what comes out.
"""
