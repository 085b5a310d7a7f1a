"""The simulated autoscaler and traffic."""
