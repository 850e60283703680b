// Tests of AgentEndpoints.
