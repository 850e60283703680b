"""Calls a tool through Countersign over HTTP with the official SDK of MCP.

    over_http.py SERVER AGENT KEY TOOL [ARGUMENTS]

    over_http.py http://127.0.0.1:7420 orders-agent agent.jwk orders___count_orders '{"status": "void"}'
"""

import asyncio
import json
import sys

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from countersign_auth import CountersignAuth


async def main(server, agent, key, tool, arguments="{}"):
    # People may take their time: the answer to a call is waited for as long as it takes.
    http = httpx2.AsyncClient(auth=CountersignAuth(agent, key, server), timeout=httpx2.Timeout(30, read=None))
    async with http, Client(streamable_http_client(f"{server}/mcp", http_client=http)) as client:
        result = await client.call_tool(tool, json.loads(arguments))
        print("\n".join(part.text for part in result.content if part.type == "text"))
        return 1 if result.is_error else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
