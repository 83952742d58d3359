"""Pages about people: one's own under /me/, those of staff under /desk/residents/."""
