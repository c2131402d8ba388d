"""How fast vinbatch is beside what one would write instead: `make bench`, results in docs/performance.md."""
