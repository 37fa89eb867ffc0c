"""Compares and prices proposals, and says where sides disagree."""
