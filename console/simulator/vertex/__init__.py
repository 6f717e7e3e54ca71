"""Google Cloud over a socket, as far as Vertex AI needs it: tokens, metrics, service accounts and deny policies."""
