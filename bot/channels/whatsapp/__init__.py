"""WhatsApp through Twilio: its door, its wire, what its numbers mean, and what knocked in vain."""
