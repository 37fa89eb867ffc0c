"""The compiled engine: Numba code on arrays; ``engine`` says the order of things."""
