import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveProvider, type RunningProvider } from "../../local/provider/server";
import { modelFolder } from "../../local/provider/strict/models";
import { requestCheck } from "../../local/provider/strict/strict";
import { pythonVenv, sharedMinistack } from "./ministack";

/** A request that the local provider sent, or only checked where no emulator knows the type. */
export interface SeenRequest {
  readonly service: string;
  readonly operation: string;
  // A request has whatever members its service's model says: a test knows which.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly params: any;
}

/** A local provider of its own over the shared emulator, whose requests a test can look at. */
export class WatchedProvider {
  private constructor(
    private readonly provider: RunningProvider,
    private readonly seen: SeenRequest[],
  ) {}

  static async start(): Promise<WatchedProvider> {
    const { endpoint } = await sharedMinistack();
    const check = requestCheck(modelFolder(pythonVenv()));
    const seen: SeenRequest[] = [];
    const provider = await serveProvider({
      endpoints: { ministack: endpoint },
      check: (service, operation, params) => {
        const problems = check(service, operation, params);
        if (problems.length === 0) seen.push({ service, operation, params });
        return problems;
      },
      codeDirectory: mkdtempSync(join(tmpdir(), "function-code-")),
    });
    return new WatchedProvider(provider, seen);
  }

  get attachment(): string {
    return this.provider.attachment;
  }

  /** The requests AWS would have taken, of the operations named, in their order, since the last `forget`. */
  requests(...operations: readonly string[]): SeenRequest[] {
    return this.seen.filter(({ operation }) => operations.includes(operation));
  }

  /** The only request of an operation. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  only(operation: string): any {
    const found = this.requests(operation);
    if (found.length !== 1) throw new Error(`there are ${found.length} requests ${operation}, not one`);
    return found[0]?.params;
  }

  forget(): void {
    this.seen.length = 0;
  }

  stop(): Promise<void> {
    return this.provider.stop();
  }
}
