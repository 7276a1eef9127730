"""The person's private status page."""
