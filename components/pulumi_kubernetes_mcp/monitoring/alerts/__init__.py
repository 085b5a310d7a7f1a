"""Alert rules, each with its texts and its condition, by what they watch."""
