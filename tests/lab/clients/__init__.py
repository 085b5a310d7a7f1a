"""The official clients as programs: each opens sessions with what it is told, and says how many were kept."""
