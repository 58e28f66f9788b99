"""What was logged, as numpy arrays: the reading interface for people and programs."""
