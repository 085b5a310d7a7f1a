"""Declarations of the keys that a stack file and a component have in common: one for both.

A group of the stack file and the keys of a component inherit the same class here, so type, range, choices, default and
help are said once, and what a stack gives reaches the component without a line of wiring (see ``keys.py``).
"""
