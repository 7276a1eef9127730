"""One file for each way out; the only place that talks to the network."""
