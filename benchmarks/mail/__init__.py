"""How fast mail goes out on one connection, against what the server itself can take."""
