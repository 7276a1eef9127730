"""A real Chromium against a real ``intake up``; see ``tests/README.md``."""
