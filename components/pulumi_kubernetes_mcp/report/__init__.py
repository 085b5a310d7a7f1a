"""What people read on a terminal, and what programs read as JSON. No secret passes through here."""
