"""The web edge: everything that knows HTTP."""
