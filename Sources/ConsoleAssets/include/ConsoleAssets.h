#ifndef COUNTERSIGN_CONSOLE_ASSETS_H
#define COUNTERSIGN_CONSOLE_ASSETS_H

/// A file of the console as it lies in Assets/. Name and bytes live as long as the program; nobody frees them.
struct console_asset {
    const char *name;
    const unsigned char *bytes;
    unsigned long length;
};

unsigned long console_asset_count(void);

/// The empty asset where the index is not below `console_asset_count()`.
struct console_asset console_asset_at(unsigned long index);

#endif
