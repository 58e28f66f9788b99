"""AttentionLogger, and what it writes with."""
