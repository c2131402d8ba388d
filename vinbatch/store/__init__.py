"""The ledger: records, events, catalogue, batches."""
