"""What Amazon's sources and switches share: credentials, signed calls within bounds, and what their refusals mean.

The signing, the endpoints and the wire formats are boto3's, which is imported with the first call. Everything goes out
through `console.http`, with its deadline and its limits, and never twice.
"""
