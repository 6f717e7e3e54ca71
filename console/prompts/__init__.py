"""Prompts as code: what a git checkout says of the prompts, tool descriptions and source lists of the workloads."""
