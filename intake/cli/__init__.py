"""The ``intake`` command: one file for each noun."""
