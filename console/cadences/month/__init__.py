"""How the Monthly is read: outcomes, plans, Alpha-net, gaps, savings."""
