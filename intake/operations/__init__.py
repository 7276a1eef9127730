"""What an operator runs: doctor, and later backup, restore and copy."""
