"""One quarter of the economy as compiled loops over plain arrays; many paths lie side by side on the last axis."""
