"""The office of the votes: contests are set up here, watched, and their rolls kept."""

from voting.admin import contests, draws, presets

__all__ = ["contests", "draws", "presets"]
