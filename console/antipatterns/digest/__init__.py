"""How the calls of a day become a `CallDay`: `making.py` reads them once, each other file keeps one subject."""
