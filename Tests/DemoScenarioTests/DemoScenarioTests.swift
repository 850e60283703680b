// Tests of DemoScenario.
