"""What a caller may say to each component: argument types, defaults put in, rules applied. No resource is made here."""
