"""How the desk is doing: counted by the day, sealed, and never a group of fewer than five."""
