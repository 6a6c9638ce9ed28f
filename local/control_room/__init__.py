"""The control room at `/_local/`: clock, inbox, jobs, executions, queues, permissions, simulators. Local only."""
