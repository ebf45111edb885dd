"""The Bot API as a bot sees it, and Telegram's chats as a villager sees them."""
