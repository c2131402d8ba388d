"""Texts that people read beside the workbook: pure."""
