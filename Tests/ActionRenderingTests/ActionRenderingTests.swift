// Tests of ActionRendering.
