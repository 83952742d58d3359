"""Pages of proposals: read, write, support, and work at a desk."""
