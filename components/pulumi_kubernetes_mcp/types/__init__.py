"""Types of the arguments of every component. Generated from the declarations of their keys."""
