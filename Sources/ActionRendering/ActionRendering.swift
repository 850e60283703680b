// ActionRendering
