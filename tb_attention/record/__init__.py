"""What a capture is, and the bytes that it becomes."""
