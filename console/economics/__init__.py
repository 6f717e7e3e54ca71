"""The mathematics of the playbook's section 7, one file a topic: pure functions, exact, on anybody's own numbers."""
