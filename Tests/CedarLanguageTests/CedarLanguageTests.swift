// Tests of CedarLanguage.
