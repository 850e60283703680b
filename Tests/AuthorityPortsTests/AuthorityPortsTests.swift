// Tests of AuthorityPorts.
