// Tests of ApproverConsole.
