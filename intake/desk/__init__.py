"""What staff do with inquiries, and what they see while they do it."""
