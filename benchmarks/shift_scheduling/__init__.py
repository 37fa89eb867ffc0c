"""Published shift-scheduling instances with best known values; see README.md."""
