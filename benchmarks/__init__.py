"""Speed, measured against the peers; see README.md."""
