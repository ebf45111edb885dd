"""Twilio's Messages API as a bot sees it, and WhatsApp's chats as a villager sees them."""
