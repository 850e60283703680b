// AuthorityPorts
