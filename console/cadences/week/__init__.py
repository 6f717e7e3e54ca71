"""How the Weekly is read."""
