// Tests of SecretMaterial.
