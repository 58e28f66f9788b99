"""Texts and chats as tokens, whatever the tokenizer."""
