"""The same simulation in readable Python; ``engine`` says the order of things."""
