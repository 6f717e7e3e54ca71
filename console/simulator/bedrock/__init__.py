"""Amazon Bedrock over a socket: what CloudWatch, IAM, STS and Cost Explorer tell of one world, in its protocols."""
