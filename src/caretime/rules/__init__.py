"""What is allowed and what counts: pure functions, one rule each."""
