// Tests of APIClient.
