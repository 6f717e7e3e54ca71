"""The workloads of the simulated organisation that live elsewhere than at Anthropic, and the providers they live at."""
