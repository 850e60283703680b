// DemoScenario
