"""An OpenAI organisation as its admin API shows it: projects, keys, usage, costs, and what limits a project."""
