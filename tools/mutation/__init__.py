"""What the tests see: small faults are planted in the package, one at a time. See tools/mutation.md."""
