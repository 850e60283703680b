// Tests of HouseRules.
