"""The information pages: Markdown in two languages, checked when it is loaded."""
