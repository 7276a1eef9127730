"""Pages for staff; every route here asks for a signed-in member."""
