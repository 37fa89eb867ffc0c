"""Patients to substitutes: candidates, the match with its proof, and why not."""
