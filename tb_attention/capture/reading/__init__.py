"""What the weights of a call are, and whether they give its output."""
