"""Points at the top-level `migrations/` folder, which the wheel ships in this place.

Without this file Django would take the app for one without migrations when it runs from the source tree.
"""

from pathlib import Path

__path__ = [str(Path(__file__).resolve().parents[2] / "migrations")]
