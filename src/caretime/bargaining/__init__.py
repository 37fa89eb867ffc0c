"""The table: contracts side by side, priced, attributed, tried against claims."""
