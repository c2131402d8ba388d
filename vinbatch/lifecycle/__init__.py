"""Types, states, legal acts, and the decision over every row: pure."""
