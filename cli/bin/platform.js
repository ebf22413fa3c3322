#!/usr/bin/env node
"use strict";
// Runs the command line with the Node.js version that is among the project's dependencies, not with the machine's.
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
  // A command creates thousands of short-lived objects a second; a larger young generation saves the garbage collector work.
  [
    "--max-semi-space-size=64",
    "-r",
    join(root, "tools", "register.js"),
    join(root, "cli", "main.ts"),
    ...process.argv.slice(2),
  ],
  {
    stdio: "inherit",
    // The command runs in its own session: Ctrl-C reaches it once, through this process, and does not reach its children.
    detached: process.platform !== "win32",
    env: { ...process.env, TS_NODE_PROJECT: join(root, "tsconfig.json"), NODE_NO_WARNINGS: "1" },
  },
);
// The signals are passed on; the command exits when it has cleaned up.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 130 : (code ?? 1)));
