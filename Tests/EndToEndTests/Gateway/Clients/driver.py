"""A client of the Model Context Protocol that a test drives: one JSON document a line on standard input says what to do, and what came
of it goes to standard output. The clients are the official SDK's and fastmcp's own, as anybody would make them.

    driver.py official|legacy|fastmcp bridge|http PROGRAM SERVER AGENT KEY [SCOPE]
"""

import asyncio
import json
import pathlib
import sys

import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

sys.path.insert(0, str(pathlib.Path(__file__).parents[4] / "examples" / "gateway"))
from countersign_auth import CountersignAuth  # noqa: E402


def tell(event, **more):
    print(json.dumps({"event": event} | more), flush=True)


def client(kind, way, program, server, agent, key, scope=None):
    options = ["mcp", "--server", server, "--agent", agent, "--key", key] + ([scope] if scope else [])
    url = f"{server}/mcp" + (f"/{scope}" if scope else "")

    async def told(message):
        name = type(getattr(message, "root", message)).__name__
        if name.endswith("ListChangedNotification"):
            tell("changed", what=name)

    if kind == "fastmcp":
        from fastmcp import Client as FastClient
        from fastmcp.client.transports import StdioTransport, StreamableHttpTransport

        if way == "bridge":
            return FastClient(StdioTransport(program, options, keep_alive=False))
        return FastClient(StreamableHttpTransport(url, auth=CountersignAuth(agent, key, server)))
    if way == "bridge":
        transport = StdioServerParameters(command=program, args=options)
    else:
        http = httpx2.AsyncClient(auth=CountersignAuth(agent, key, server), timeout=httpx2.Timeout(30, read=None))
        transport = streamable_http_client(url, http_client=http)
    return Client(transport, mode="legacy" if kind == "legacy" else "auto", message_handler=told)


async def call(session, kind, wanted):
    async def progress(done, total, message):
        tell("progress", id=wanted["id"], done=done, total=total, message=message)

    try:
        more = {"raise_on_error": False, "progress_handler": progress}
        if kind != "fastmcp":
            more = {"progress_callback": progress}
        if not wanted.get("progress"):
            more.pop("progress_handler", None), more.pop("progress_callback", None)
        result = await session.call_tool(wanted["name"], wanted.get("arguments", {}), **more)
        text = "\n".join(part.text for part in result.content if part.type == "text")
        structured = getattr(result, "structured_content", None)
        tell("result", id=wanted["id"], is_error=bool(result.is_error), text=text, structured=structured)
    except asyncio.CancelledError:
        tell("cancelled", id=wanted["id"])
    except MCPError as error:
        tell("error", id=wanted["id"], code=error.error.code, text=error.error.message, data=error.error.data)
    except Exception as error:  # Whatever a client's own library makes of an answer.
        tell("error", id=wanted["id"], code=None, text=f"{type(error).__name__}: {error}", data=None)


async def listed(session):
    tools = await session.list_tools()
    tools = getattr(tools, "tools", tools)
    tell("tools", tools=[{"name": tool.name, "description": tool.description or ""} for tool in tools])


async def read(session, wanted):
    try:
        result = await session.read_resource(wanted["uri"])
        contents = getattr(result, "contents", result)
        tell("result", id=wanted["id"], is_error=False, text="\n".join(part.text for part in contents), structured=None)
    except Exception as error:
        tell("error", id=wanted["id"], code=None, text=f"{type(error).__name__}: {error}", data=None)


async def main(kind, *who):
    loop, calls = asyncio.get_running_loop(), {}
    async with client(kind, *who) as session:
        tell("ready", revision=getattr(session, "protocol_version", None))
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            wanted = json.loads(line)
            match wanted["do"]:
                case "list":
                    await listed(session)
                case "call":
                    calls[wanted["id"]] = asyncio.create_task(call(session, kind, wanted))
                case "read":
                    await read(session, wanted)
                case "cancel":
                    calls[wanted["id"]].cancel()
    tell("closed")


asyncio.run(main(*sys.argv[1:]))
