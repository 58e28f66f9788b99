"""What heads do to the output of a model: cuts them and measures what changes."""
