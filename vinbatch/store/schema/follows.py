"""Records that follow the newest revision of their parameters: drafts, and filings that customs rejected.

Whoever revises parameters is asked whose they are; of a hundred thousand users few are such.
"""

SCHEMA_FOLLOWS = """
CREATE INDEX record_follows ON record(structure_no, department)
    WHERE live = 1 AND (state = 'draft' OR firm = 0);
"""
