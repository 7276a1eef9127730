"""The tests mirror ``intake/``; see ``tests/README.md``."""
