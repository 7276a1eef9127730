"""The clinic itself: how it presents itself, when it is open, which notices it must show."""
