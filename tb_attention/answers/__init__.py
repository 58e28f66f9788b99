"""One file for each question that the tab asks, and what they share."""
