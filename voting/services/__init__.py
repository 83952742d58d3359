"""Writes of voting, by what they are about; other apps take them from here or the modules."""
