// PasskeyCeremonies
