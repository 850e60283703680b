// ApproverConsole
