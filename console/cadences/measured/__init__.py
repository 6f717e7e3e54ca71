"""What is known of one workload for the lab: measured, from its Charter, its MBOM entry, or from today's prices."""
