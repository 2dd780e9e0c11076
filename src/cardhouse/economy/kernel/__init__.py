"""One quarter of the economy as compiled loops over plain arrays; many paths lie side by side on the last axis.

Compiled code is kept between runs. Numba looks only at the file of the function that was called, so a change in a
function that it calls would go unseen; whatever was compiled before the newest source of this package is dropped.
"""

from __future__ import annotations

from pathlib import Path


def _drop_stale(folder: Path) -> None:
    """Remove compiled code that is older than the newest source it may hold."""
    sources = [*folder.glob("*.py"), folder.parent / "drivers.py"]
    newest = max(source.stat().st_mtime for source in sources)
    for kept in folder.glob("__pycache__/*.nb[ci]"):
        try:
            if kept.stat().st_mtime < newest:
                kept.unlink()
        except OSError:
            continue  # another process was quicker, or the folder is read-only and holds what was installed


_drop_stale(Path(__file__).parent)
