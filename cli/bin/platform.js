#!/usr/bin/env node
"use strict";
// Runs the command line on the Node.js of the project's own dependencies, whatever the machine's is.
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join, resolve } = require("node:path");

const root = resolve(__dirname, "..", "..");
const node = join(root, "node_modules", ".bin", "node");
if (!existsSync(node)) {
  process.stderr.write("✖ The dependencies are not installed.\n→ Run `npm ci` in the project first.\n");
  process.exit(1);
}
const child = spawn(
  node,
  // Thousands of short-lived objects a second: with room for them the collector has less to do.
  [
    "--max-semi-space-size=64",
    "-r",
    join(__dirname, "register.js"),
    join(root, "cli", "main.ts"),
    ...process.argv.slice(2),
  ],
  {
    stdio: "inherit",
    // A session of its own: Ctrl-C reaches it once, from here, and its own children not at all.
    detached: process.platform !== "win32",
    env: { ...process.env, TS_NODE_PROJECT: join(root, "tsconfig.json"), NODE_NO_WARNINGS: "1" },
  },
);
// The command itself decides when it has cleaned up.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 130 : (code ?? 1)));
