"""The signs of a runaway, one file a subject; what they are and which of them kill together is in `verdict.py`."""
