"""The capacity plan."""
