"""What is done to meetings and to the people and children in them: one function per act."""
