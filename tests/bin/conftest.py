"""Makes `groundwork`, the package behind the commands in bin/, importable as they import it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))
