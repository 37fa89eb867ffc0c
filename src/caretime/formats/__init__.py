"""Our nouns to and from outside formats."""
