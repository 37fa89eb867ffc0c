"""From cells of text to typed columns, and every problem on the way."""
