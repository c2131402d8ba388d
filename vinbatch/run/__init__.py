"""One pass over a home: the effects around `vinbatch.flow`."""
