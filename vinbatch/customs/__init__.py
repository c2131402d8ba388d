"""What customs takes and answers: packages and receipts, pure."""
