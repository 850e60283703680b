// Tests of ApprovalPolicy.
