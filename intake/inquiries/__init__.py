"""The inquiry: its questions and rules, the draft, submission, search and queries."""
