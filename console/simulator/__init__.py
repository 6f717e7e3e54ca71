"""Real HTTP servers that behave as the providers do, and the stories a demo tells. Knows nothing of the product."""
