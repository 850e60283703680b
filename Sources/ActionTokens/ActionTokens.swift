// ActionTokens
