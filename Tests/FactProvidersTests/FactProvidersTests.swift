// Tests of FactProviders.
