"""Stack files that people met in public: small inputs, each with what is right in the comment on top."""
