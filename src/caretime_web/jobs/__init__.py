"""What runs beside the pages: commands, workers, planners."""
