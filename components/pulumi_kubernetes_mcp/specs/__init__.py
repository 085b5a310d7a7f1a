"""Kubernetes objects as plain dictionaries. Pure: every function depends on its arguments alone.

A value may be a Pulumi Output where its type says ``Input``; the builders place it and never look into it.
"""
