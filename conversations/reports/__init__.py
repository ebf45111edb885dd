"""The weekly report: its questions, the outlets and obstacles among them, and who hears of it."""
