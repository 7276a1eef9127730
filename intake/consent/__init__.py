"""Permissions a person gave, word for word, and their withdrawal."""
