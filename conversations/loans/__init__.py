"""A loan in words: the request, its dossier and documents, the cards that decide it, the news of it."""
