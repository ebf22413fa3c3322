import type { ClientClass } from "./handler";
import { Records } from "./records";

/** Checks a request before it is sent, and returns the reasons why AWS would refuse it. */
export type RequestCheck = (service: string, operation: string, params: unknown) => readonly string[];

export interface Endpoints {
  readonly ministack: string;
}

/** The error for a request that AWS would refuse although the emulator would accept it. */
export class InvalidRequest extends Error {
  override readonly name = "ValidationException";
}

interface MiddlewareClient {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: { input: unknown }) => Promise<unknown>,
        context: { commandName?: string },
      ) => (args: { input: unknown }) => Promise<unknown>,
      options: { step: "initialize"; name: string },
    ): void;
  };
}

/** The host names of this machine. */
export function isLoopback(address: string): boolean {
  let host: string;
  try {
    host = new URL(address).hostname;
  } catch {
    return false;
  }
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** @throws {UserError} If the address could be other than that of an emulator on this machine. */
export function requireLoopback(what: string, address: string): string {
  if (isLoopback(address)) return address;
  throw new Error(
    `${what} is "${address}": the local provider uses loopback addresses only (127.0.0.1, ::1, localhost)`,
  );
}

/** Returns the endpoint from the environment variable `LOCAL_AWS_ENDPOINT`. */
export function endpointsFromEnvironment(env: NodeJS.ProcessEnv): Endpoints {
  const ministack = env.LOCAL_AWS_ENDPOINT;
  if (!ministack)
    throw new Error("LOCAL_AWS_ENDPOINT is not set; it must be MiniStack's address, for example http://127.0.0.1:4566");
  return { ministack: requireLoopback("LOCAL_AWS_ENDPOINT", ministack) };
}

const serviceOf = (Client: ClientClass<unknown>): string => Client.name.replace(/Client$/, "");
const operationOf = (command: string): string => command.replace(/Command$/, "");

/** The AWS SDK clients of the emulator, one for each class and region. Every request is checked before it is sent. */
export class Clients {
  private readonly cache = new Map<string, unknown>();
  private readonly kept = new Records();

  constructor(
    readonly endpoints: Endpoints,
    private readonly check: RequestCheck,
    /** Answers every request instead of an emulator, so that no request is sent. */
    private readonly answer?: (service: string, operation: string) => unknown,
  ) {}

  /** The resources that no emulator stores. In a plan, which deploys no resource, none is remembered. */
  get records(): Records {
    return this.answer ? new Records() : this.kept;
  }

  of<C>(Client: ClientClass<C>, region: string): C {
    const endpoint = this.endpoints.ministack;
    const key = `${Client.name} ${region}`;
    const cached = this.cache.get(key);
    if (cached) return cached as C;
    // These are the credentials of the account's root; the caller's real ones must not be read.
    const configuration = {
      endpoint: requireLoopback("the endpoint", endpoint),
      region,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      forcePathStyle: true,
      maxAttempts: 3,
    };
    const client = new (Client as new (configuration: object) => C)(configuration);
    (client as unknown as MiddlewareClient).middlewareStack.add(
      (next, context) => async (args) => {
        const command = context.commandName ?? "";
        this.verify(Client, command, args.input);
        if (!this.answer) return next(args);
        return { output: this.answer(serviceOf(Client), operationOf(command)), response: {} };
      },
      { step: "initialize", name: "serviceModel" },
    );
    this.cache.set(key, client);
    return client;
  }

  /** @throws {InvalidRequest} If AWS would refuse the request. */
  verify(Client: ClientClass<unknown>, command: string, input: unknown): void {
    const operation = operationOf(command);
    const problems = this.check(serviceOf(Client), operation, input);
    if (problems.length > 0) throw new InvalidRequest(`${operation}: ${problems.join("; ")}`);
  }
}
