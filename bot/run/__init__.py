"""What is started: one process or several, what the clock brings, and the commands of the clerk."""
