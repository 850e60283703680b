// FactProviders
