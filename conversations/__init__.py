"""How we talk: questions, cards, notices and refusals, in words that the catalogues translate."""
