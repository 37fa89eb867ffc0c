"""Specifications of the report's pictures, and the engine that draws them."""
