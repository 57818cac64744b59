"""What is done with short work, plans and programmes: one function per act, a module per thing."""
