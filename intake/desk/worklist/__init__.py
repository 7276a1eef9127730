"""The work list: views, filters, counts, search results, and each member's own views."""
