"""Patient inquiry and lead intake for clinics. Start at ``intake/README.md``: the house."""
