"""Load tests of a server with k6: what is played, the script, how it runs, and what its results say of the plan."""
