"""A LiteLLM gateway over a socket: its spend log, keys and teams, as version 1.106 answers for them."""
