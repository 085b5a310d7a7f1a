"""Tests of what is verified: reading, judging, and the file."""
