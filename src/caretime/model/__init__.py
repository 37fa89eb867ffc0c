"""The nouns: frozen, self-checking, without input or output."""
