"""Public pages and the request form; nobody is known here."""
