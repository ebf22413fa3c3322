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
  /** The value of `PULUMI_DEBUG_PROVIDERS` with which the Pulumi engine uses the provider. */
  readonly attachment: string;
  stop(): Promise<void>;
}

export interface ProviderOptions {
  readonly endpoints: Endpoints;
  /** Returns the reasons why AWS would refuse a request. */
  readonly check: RequestCheck;
  /** The folder of the functions' unpacked code, which must be kept as long as the emulator's state. */
  readonly codeDirectory: string;
  /** The port on which to serve `awsx`, by default a free one. */
  readonly awsxPort?: number;
}

/** Serves the packages `aws` and `awsx` on free loopback ports, so that the Pulumi engine deploys to the emulators. */
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
