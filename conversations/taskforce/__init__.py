"""What the task force says and reads: messages to many, the recap, what did not arrive, whose number it is."""
