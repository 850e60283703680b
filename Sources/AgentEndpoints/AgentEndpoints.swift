// AgentEndpoints
