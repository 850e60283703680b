// OperatorVerbs
