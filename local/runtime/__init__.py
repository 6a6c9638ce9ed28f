"""What moves: invocations, event sources, schedules and the pump that turns them in a fixed order."""
