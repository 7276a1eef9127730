"""Withdrawing, permissions, the copy of one's data, erasure and legal holds."""
