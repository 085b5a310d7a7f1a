"""What the pages of these rules refer to."""

NOTE = "[Releases](../releases.md) has a whole release, key by key."
