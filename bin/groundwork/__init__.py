"""What stands below the house: the virtual environment, the database, Redis and the running town.

Standard library only, because `bin/demo` and `bin/test` begin on a machine that has nothing else.
"""
