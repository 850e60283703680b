"""The same with fastmcp: through the bridge, and over HTTP.

    with_fastmcp.py bridge TOOL [ARGUMENTS]                     COUNTERSIGN_SERVER, _AGENT and _KEY say who
    with_fastmcp.py http TOOL [ARGUMENTS]
"""

import asyncio
import json
import os
import sys

from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport

from countersign_auth import CountersignAuth


def transport(kind):
    settings = {name: os.environ[f"COUNTERSIGN_{name}"] for name in ("SERVER", "AGENT", "KEY")}
    if kind == "bridge":
        environment = {f"COUNTERSIGN_{name}": value for name, value in settings.items()}
        return StdioTransport(os.environ.get("COUNTERSIGN_PROGRAM", "countersign"), ["mcp"], env=environment)
    auth = CountersignAuth(settings["AGENT"], settings["KEY"], settings["SERVER"])
    return StreamableHttpTransport(f"{settings['SERVER']}/mcp", auth=auth)


async def main(kind, tool, arguments="{}"):
    async with Client(transport(kind)) as client:
        result = await client.call_tool(tool, json.loads(arguments), raise_on_error=False)
        print("\n".join(part.text for part in result.content if part.type == "text"))
        return 1 if result.is_error else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
