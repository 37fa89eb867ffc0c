"""The desk: booking, offers and messages on a database; installed by an extra."""
