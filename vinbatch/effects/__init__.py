"""The outside world: folders, locks, worker processes."""
