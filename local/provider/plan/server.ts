import { answerWithoutCloud, partitionOf } from "../../../evaluate/invokes";
import type { CodeStore } from "../archive";
import { awsxService } from "../awsx/server";
import { Clients } from "../clients";
import type { Props } from "../handler";
import { serve } from "../rpc";
import { awsService, type Mode } from "../service";
import { parseConfiguration, Session } from "../session";
import { serviceModels } from "../strict/models";
import { requestCheck } from "../strict/strict";
import { answerOf } from "./answers";
import { isThere, inspecting } from "./inspection";
import { PlannedLifecycle, type Findings } from "./lifecycle";
import { MARKER } from "./unknown";

export interface PlanningOptions {
  /** The account that programs see, unless their provider allows only certain accounts. */
  readonly account: string;
  /** The region of providers without a configured region. */
  readonly region: string;
  /** The folder of AWS's service models; see `modelFolder`. Without it, no request is checked. */
  readonly models?: string;
  readonly findings?: Findings;
}

export interface PlanningProviders {
  /** The value of `PULUMI_DEBUG_PROVIDERS` with which the Pulumi engine uses the providers, for example `aws:4711`. */
  readonly debugProviders: string;
  stop(): Promise<void>;
}

const UNHEARD: Findings = { inspected: () => undefined, unchecked: () => undefined };

/**
 * Serves providers that plan without an account, in this process and on loopback: any type of the `aws` package in previews, the data
 * sources that need no AWS, and the components of `awsx`. The requests that a deployment would send are checked, and not sent.
 */
export async function startPlanningProviders(options: PlanningOptions): Promise<PlanningProviders> {
  const service = awsService(planMode(options));
  const served = await Promise.all([serve(service), serve(awsxService())]);
  const [aws, awsx] = served;
  return {
    debugProviders: `aws:${aws.port},awsx:${awsx.port}`,
    async stop(): Promise<void> {
      await Promise.all(served.map((one) => one.stop()));
    },
  };
}

/** The operations of the provider in a plan. */
export function planMode(options: PlanningOptions): Mode {
  const { models, findings = UNHEARD } = options;
  const clients = silentClients(models);
  return {
    session: () => new PlannedSession(clients, options),
    resource: (session, type, name) => new PlannedLifecycle(session, type, name, findings, models !== undefined),
    invoke: async (session, token, args) => (session as PlannedSession).answer(token, args),
  };
}

/** Returns clients that check requests and answer them without sending them. */
function silentClients(models: string | undefined): Clients {
  const endpoint = "http://127.0.0.1:9";
  const endpoints = { ministack: endpoint };
  if (models === undefined)
    return new Clients(
      endpoints,
      () => [],
      () => ({}),
    );
  const known = serviceModels(models);
  return new Clients(endpoints, inspecting(requestCheck(models)), (service, operation) =>
    answerOf(known.of(service), operation, isThere()),
  );
}

/** Stands for the folder of functions' code, because a plan includes no code. */
const NO_CODE = { put: () => Promise.resolve(`/${MARKER}`) } as unknown as CodeStore;

class PlannedSession extends Session {
  private account: string;

  constructor(
    clients: Clients,
    private readonly options: PlanningOptions,
  ) {
    super(clients, NO_CODE);
    this.account = options.account;
    this.configuration = { region: options.region, defaultTags: {} };
  }

  /** A plan contacts no endpoint, so any endpoint may be configured. */
  override parse({ endpoints: _, ...args }: Props): ReturnType<typeof parseConfiguration> {
    return parseConfiguration({ ...args, region: args.region ?? this.options.region });
  }

  override async configure(args: Props): Promise<void> {
    const { accounts, ...configuration } = this.parse(args);
    this.configuration = configuration;
    this.account = accounts.allowed[0] ?? this.options.account;
  }

  answer(token: string, args: Props): Props {
    const answer = answerWithoutCloud(token);
    if (!answer) {
      throw new Error(`${token} needs AWS, which a plan does not use: take the value from the configuration instead`);
    }
    const region = String(args.region ?? this.configuration.region);
    return answer(args, { account: this.account, region, partition: partitionOf(region) });
  }

  protected override accountId(): Promise<string> {
    return Promise.resolve(this.account);
  }
}
