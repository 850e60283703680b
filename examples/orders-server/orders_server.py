"""A tool server with a real effect: orders in an SQLite file. Written with the official Python SDK of MCP.

    orders_server.py DATABASE                 over standard input and output
    orders_server.py DATABASE --http PORT     Streamable HTTP at http://127.0.0.1:PORT/mcp

The file is made, with six orders in it, where it is not there.
"""

import argparse
import asyncio
import pathlib
import sqlite3

from mcp.server.mcpserver import Context, MCPServer
from mcp.types import ToolAnnotations

ORDERS = [(1, "open", 120), (2, "void", 0), (3, "void", 15), (4, "paid", 80), (5, "open", 45), (6, "void", 9)]


def prepare(path):
    if pathlib.Path(path).exists():
        return
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, status TEXT NOT NULL, total INTEGER NOT NULL)")
        database.executemany("INSERT INTO orders VALUES (?, ?, ?)", ORDERS)


def server(path):
    prepare(path)
    orders = MCPServer("orders", version="1.0.0", instructions="Orders of a small shop.")

    def query(sql, *values):
        with sqlite3.connect(path) as database:
            return database.execute(sql, values).fetchall()

    @orders.tool(annotations=ToolAnnotations(readOnlyHint=True, openWorldHint=False))
    def count_orders(status: str) -> int:
        """How many orders have this status."""
        return query("SELECT count(*) FROM orders WHERE status = ?", status)[0][0]

    @orders.tool(annotations=ToolAnnotations(readOnlyHint=True, openWorldHint=False))
    def read_orders(status: str, limit: int = 10) -> list[dict]:
        """The orders of this status, the oldest first."""
        rows = query("SELECT id, status, total FROM orders WHERE status = ? ORDER BY id LIMIT ?", status, limit)
        return [{"id": row[0], "status": row[1], "total": row[2]} for row in rows]

    @orders.tool(annotations=ToolAnnotations(readOnlyHint=False, destructiveHint=True, openWorldHint=False))
    def delete_orders(status: str) -> int:
        """Deletes the orders of this status for good; says how many there were."""
        with sqlite3.connect(path) as database:
            return database.execute("DELETE FROM orders WHERE status = ?", (status,)).rowcount

    @orders.tool(annotations=ToolAnnotations(readOnlyHint=True, openWorldHint=False))
    async def export_orders(seconds: float, ctx: Context) -> str:
        """Takes its time, and says how far it is."""
        for step in range(4):
            await ctx.report_progress(step + 1, 4)
            await asyncio.sleep(seconds / 4)
        return "exported"

    @orders.resource("orders://schema")
    def schema() -> str:
        """The tables."""
        return query("SELECT sql FROM sqlite_master WHERE name = 'orders'")[0][0]

    @orders.prompt()
    def tidy_up(status: str) -> str:
        """How to tidy up the orders of a status."""
        return f"Count the orders with status {status}, tell me, and delete them if I agree."

    return orders


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("--http", type=int, metavar="PORT")
    arguments = parser.parse_args()
    orders = server(arguments.database)
    if arguments.http is None:
        orders.run("stdio")
    else:
        orders.run("streamable-http", host="127.0.0.1", port=arguments.http)
