"""Results as tables, texts and JSON."""
