import { CodeStore } from "./archive";
import { awsxService } from "./awsx/server";
import { Clients, type Endpoints, type RequestCheck } from "./clients";
import { Lifecycle } from "./lifecycle";
import { handlerOf, invokeOf } from "./registry";
import { serve } from "./rpc";
import { awsService } from "./service";
import { Session } from "./session";

export interface RunningProvider {
  readonly port: number;
  readonly awsxPort: number;
  /** What `PULUMI_DEBUG_PROVIDERS` must say for an engine to use it. */
  readonly attachment: string;
  stop(): Promise<void>;
}

export interface ProviderOptions {
  readonly endpoints: Endpoints;
  /** What AWS would refuse about a request. */
  readonly check: RequestCheck;
  /** Where the unpacked code of functions lives; it must outlive the emulator's state. */
  readonly codeDirectory: string;
  /** Where to serve `awsx`. Default: any free port. */
  readonly awsxPort?: number;
}

/** Serves the packages `aws` and `awsx` on free loopback ports: what an engine deploys goes to the emulators. */
export async function serveProvider(options: ProviderOptions): Promise<RunningProvider> {
  const clients = new Clients(options.endpoints, options.check);
  const code = new CodeStore(options.codeDirectory);
  const service = awsService({
    session: () => new Session(clients, code),
    resource: (session, type, name) => new Lifecycle(session, handlerOf(type), name),
    invoke: async (session, token, args) => invokeOf(token).invoke(await session.context(token, args.region), args),
  });
  const [aws, awsx] = await Promise.all([serve(service), serve(awsxService(), options.awsxPort)]);
  return {
    port: aws.port,
    awsxPort: awsx.port,
    attachment: `aws:${aws.port},awsx:${awsx.port}`,
    stop: async () => {
      await Promise.all([aws.stop(), awsx.stop()]);
    },
  };
}
