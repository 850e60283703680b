#include "ConsoleAssets.h"
int console_assets_version = 1;
