// Tests of WireProtocol.
