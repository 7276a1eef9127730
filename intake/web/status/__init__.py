"""The private status page behind an unguessable link."""
