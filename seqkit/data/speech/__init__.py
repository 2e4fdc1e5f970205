"""Sound, and what is said in it."""
