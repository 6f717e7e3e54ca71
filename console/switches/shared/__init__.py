"""What several switches have in common; no kind of its own."""
