"""Edited pages: revisions, who signed them off, and which of them readers see from when."""
