"""What the detectors of anti-patterns found, and how what they look at is read from the store."""
