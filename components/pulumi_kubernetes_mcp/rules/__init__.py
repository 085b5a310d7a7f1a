"""The rules: what cannot work, what is likely to hurt, and what to change.

Every function is pure: plain values in, a list of :class:`~.model.Finding` out. Callers give the paths, so
that the same rule speaks of a key of a stack file or of an argument of a component. ``catalogue`` lists the
rules.
"""
