// Tests of OperatorVerbs.
