"""Charters as they are drafted, checked, replayed and reviewed."""
