// ApprovalPolicy
