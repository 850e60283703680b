// Tests of ApprovalWorkflow.
