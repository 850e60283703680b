// Tests of CanonicalEncoding.
