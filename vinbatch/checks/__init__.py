"""Cleaning, VIN arithmetic, schemas and the rules across fields: pure."""
