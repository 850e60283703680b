// Tests of ServerRuntime.
