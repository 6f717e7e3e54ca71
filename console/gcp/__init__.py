"""Google Cloud, as the source that reads Vertex AI and the switches that stop its workloads both need it."""
