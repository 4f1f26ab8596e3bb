"""What is held about people: given out, erased, and deleted at its end (FIRM-5, decision 0037)."""
