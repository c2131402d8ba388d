"""Bytes to rows and back: the only rooms that know Excel."""
