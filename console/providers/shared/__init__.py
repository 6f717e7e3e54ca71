"""What several sources have in common; no kind of its own."""
