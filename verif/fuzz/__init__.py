"""``make fuzz``: random programs on the core against Unicorn and our model, until told to stop."""
