"""The two doors to the database, column types and paging."""
