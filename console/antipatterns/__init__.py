"""The ten anti-patterns of the playbook (section 8), one file each; `finding.py` says what a finding is."""
