// Tests of PasskeyCeremonies.
