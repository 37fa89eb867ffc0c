"""The compiled engine of matches: arrays in, arrays out."""
