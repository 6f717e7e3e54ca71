"""How the Quarterly is read."""
