"""The floor: the smallest honest application with the same fields and the same guard."""
