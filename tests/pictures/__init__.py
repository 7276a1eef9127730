"""What ``python -m tests.screenshots`` takes its pictures of, and the sheet it lays them out on."""
