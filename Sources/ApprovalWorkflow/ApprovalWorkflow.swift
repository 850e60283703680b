// ApprovalWorkflow
