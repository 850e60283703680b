// Tests of ActionTokens.
