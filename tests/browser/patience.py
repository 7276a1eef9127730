"""How long the browser waits for what it expects: a busy machine is no broken page."""

PATIENCE_MS = 30_000
