"""The information pages: Markdown in two languages, checked and rendered once at start."""
