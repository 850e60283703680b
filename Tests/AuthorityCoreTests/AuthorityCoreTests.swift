// Tests of AuthorityCore.
