// SecretMaterial
