"""Rules that the government changes, as dated data: what a rule set says, how its file is read, which is in force."""
