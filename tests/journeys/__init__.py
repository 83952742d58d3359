"""Walks in a real browser; what is behind `bin/` is importable as `bin/` imports it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))
