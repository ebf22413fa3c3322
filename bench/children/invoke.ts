/** `invoke.ts <function> <request as JSON>` calls a function's bundle, as it is deployed, in a separate process. */

import { join } from "node:path";
import { functionCode } from "../../components/core/platform-function/bundle";
import { timed } from "../measure";
import { architecture } from "../support/installed";

export interface Invoked<Response> {
  readonly seconds: number;
  readonly response: Response;
}

interface Bundle {
  handler(request: unknown): Promise<unknown>;
}

async function main([name = "", request = ""]: readonly string[]): Promise<void> {
  const { handler } = (await import(join(functionCode(name, { architecture }), "index.js"))) as Bundle;
  const { seconds, result } = await timed(() => handler(JSON.parse(request)));
  process.stdout.write(JSON.stringify({ seconds, response: result } satisfies Invoked<unknown>));
  process.exit(0);
}

void main(process.argv.slice(2));
