// CedarLanguage
