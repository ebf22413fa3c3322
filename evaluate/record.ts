import * as pulumi from "@pulumi/pulumi";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { VPC_TYPE, vpcChildren, type Reference, type VpcArguments } from "./awsx-vpc";
import { MockMonitor, type MockResourceArgs } from "@pulumi/pulumi/runtime/mocks";
import { typeInfo } from "./type-facts";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { Transforms } from "./transforms";

/**
 * Runs a Pulumi program without an engine and records what it registers. An invoke nobody answers, a resource whose
 * registration fails and an unhandled rejection all fail the program.
 */

export const ACCOUNT = "123456789012";
export const REGION = "eu-central-1";

/** What the program sent for one resource. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** URN of the parent; empty at the top. */
  readonly parent: string;
  // Inputs are whatever the resource's type says: a test knows which.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly inputs: any;
  /** The inputs, and what AWS would have added: its ARN, its physical name. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly state: any;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  readonly createTimeout: string;
  /** Provider reference: `<urn>::<id>`; empty for the default provider. */
  readonly provider: string;
  /** Input property → URNs it was made from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** URNs of everything it waits for. */
  readonly dependencies: readonly string[];
  /** What a component registered as its outputs: undefined until it did. */
  outputs?: Readonly<Record<string, unknown>>;
}

export type Answers = Readonly<Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>>;

/** The pure questions every program may ask. */
const ANSWERS: Answers = {
  "aws:index/getPartition:getPartition": () => ({ id: "aws", partition: "aws", dnsSuffix: "amazonaws.com" }),
  "aws:index/getRegion:getRegion": () => ({ id: REGION, region: REGION, name: REGION }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    id: ACCOUNT,
    accountId: ACCOUNT,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/session`,
    userId: "AROATEST:session",
  }),
  "aws:secretsmanager/getSecretVersion:getSecretVersion": ({ secretId }) => ({
    id: secretId,
    secretId,
    secretString: JSON.stringify({ username: "username-of-secret", password: "password-of-secret" }),
  }),
  "aws:ec2/getRouteTable:getRouteTable": ({ subnetId }) => ({
    id: `table-of-${String(subnetId)}`,
    routeTableId: `table-of-${String(subnetId)}`,
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
    id: REGION,
    names: ["a", "b", "c"].map((zone) => `${REGION}${zone}`),
    zoneIds: ["euc1-az1", "euc1-az2", "euc1-az3"],
  }),
};

/** What AWS would add to a resource's inputs: enough for others to refer to it. */
function stateOf({ type, name, inputs }: MockResourceArgs): Record<string, unknown> {
  const [, module = "", kind = ""] = /^aws:([^/]+)\/[^:]+:(.+)$/.exec(type) ?? [];
  const physical = String(inputs.name ?? inputs.bucket ?? inputs.namePrefix ?? `${name}-1a2b3c4`);
  const place = ["s3", "iam"].includes(module) ? (module === "iam" ? `:${ACCOUNT}` : ":") : `${REGION}:${ACCOUNT}`;
  const path = kind === "Bucket" ? physical : `${kind.toLowerCase()}/${physical}`;
  return {
    name: physical,
    ...Object.fromEntries(outputNames(type).map((output) => [output, standIn(output, module, place, physical)])),
    arn: `arn:aws:${module}:${place}:${path}`,
    ...(kind === "Bucket" ? { bucket: physical } : {}),
    ...(kind === "Key" ? { keyId: `key-of-${name}` } : {}),
    ...(inputs.manageMasterUserPassword
      ? { masterUserSecrets: [{ secretArn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:rds!${physical}` }] }
      : {}),
    ...(kind === "Queue" ? { url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${physical}` } : {}),
    ...inputs,
  };
}

/** Outputs that others use as text: names, ids, ARNs and addresses. */
const outputNames = (type: string): string[] =>
  typeInfo(type).outputs.filter((output) => /^(endpoint|address|id)$|(Arn|Id|Endpoint|Address|Url|Name)$/.test(output));

const standIn = (output: string, service: string, place: string, of: string): string =>
  output.endsWith("Arn") ? `arn:aws:${service}:${place}:${of}/${output}` : `${output}-of-${of}`;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the request is a generated protobuf message
function propertyDependenciesOf(req: any): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {};
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  req.getPropertydependenciesMap().forEach((urns: any, property: string) => (found[property] = urns.getUrnsList()));
  return found;
}

/** Pulumi's own way to name resources in tests; not in its typings. */
interface Urns {
  newUrn(parent: string, type: string, name: string): string;
}

class RecordingMonitor extends MockMonitor {
  readonly recorded = new Map<string, RecordedResource>();
  /** Told at the end: Pulumi would wrap them, or wait for ever. */
  readonly failures: unknown[] = [];
  readonly transforms = new Transforms();

  constructor(
    answers: Answers,
    private readonly preview: boolean,
  ) {
    super({
      call: ({ token, inputs }) => {
        const answer = answers[token] ?? ANSWERS[token];
        if (!answer) {
          const failure = new Error(`the program asks ${token}, which nobody answers here`);
          this.failures.push(failure);
          throw failure;
        }
        return answer(inputs);
      },
      newResource: (args) => {
        // In a preview nobody has made anything yet: what is missing here is unknown to the program.
        if (preview) return { id: undefined, state: args.inputs };
        const state = args.custom ? stateOf(args) : args.inputs;
        return { id: args.custom ? String(state.url ?? state.bucket ?? state.name) : undefined, state };
      },
    });
  }

  /** What a component of another language would register: its children, as its provider makes them. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the request is a generated protobuf message
  private async expand(req: any, urn: string, inputs: unknown): Promise<Record<string, unknown>> {
    const { children, outputs } = vpcChildren(req.getName(), inputs as VpcArguments);
    const made = new Map<string, { readonly urn: string; readonly state: Record<string, unknown> }>();
    const valueOf = ({ of, output }: Reference): unknown => made.get(of)?.state[output];
    for (const child of children) {
      const references = Object.entries(child.references);
      const from = (reference: Reference): string => made.get(reference.of)?.urn ?? "";
      const all = await this.transforms.apply(req.getTransformsList(), {
        ...child,
        inputs: {
          ...child.inputs,
          ...Object.fromEntries(references.map(([name, reference]) => [name, valueOf(reference)])),
        },
      });
      const parent = (child.parent && made.get(child.parent)?.urn) || urn;
      const args = { type: child.type, name: child.name, inputs: all, custom: true };
      const answer = await this.mocks.newResource(args as MockResourceArgs);
      const state: Record<string, unknown> = { ...answer.state, id: answer.id };
      const own = (this as unknown as Urns).newUrn(parent, child.type, child.name);
      made.set(child.key, { urn: own, state });
      this.recorded.set(own, {
        urn: own,
        type: child.type,
        name: child.name,
        custom: true,
        parent,
        state,
        inputs: all,
        protect: req.getProtect() ?? false,
        retainOnDelete: false,
        ignoreChanges: [],
        createTimeout: "",
        provider: req.getProvidersMap().get("aws") ?? "",
        propertyDependencies: Object.fromEntries(references.map(([name, reference]) => [name, [from(reference)]])),
        dependencies: references.map(([, reference]) => from(reference)),
      });
    }
    return Object.fromEntries(
      Object.entries(outputs).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map(valueOf) : valueOf(value as Reference),
      ]),
    );
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the request is a generated protobuf message
  override async registerResource(req: any, callback: (err: any, inner: any) => void): Promise<void> {
    const inputs = pulumi.runtime.deserializeProperties(req.getObject());
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    await super.registerResource(req, async (err: any, response: any) => {
      if (!err && req.getType() === VPC_TYPE) {
        try {
          const outputs = await this.expand(req, response.getUrn(), inputs);
          if (!this.preview) response.setObject(Struct.fromJavaScript(outputs as never));
        } catch (error) {
          this.failures.push(error);
        }
      }
      if (!err && req.getType() !== VPC_TYPE && req.getTransformsList().length > 0) {
        this.failures.push(new Error(`${req.getName()}: transforms are understood on ${VPC_TYPE} only`));
      }
      if (!err) {
        const urn: string = response.getUrn();
        if (this.recorded.has(urn)) this.failures.push(new Error(`two resources are called ${urn}`));
        this.recorded.set(urn, {
          urn,
          type: req.getType(),
          name: req.getName(),
          custom: req.getCustom(),
          parent: req.getParent(),
          state: response.getObject()?.toJavaScript() ?? {},
          inputs: pulumi.runtime.isRpcSecret(inputs) ? pulumi.runtime.unwrapRpcSecret(inputs) : inputs,
          protect: req.getProtect() ?? false,
          retainOnDelete: req.getRetainondelete() ?? false,
          ignoreChanges: req.getIgnorechangesList(),
          createTimeout: req.getCustomtimeouts()?.getCreate() ?? "",
          provider: req.getProvider(),
          propertyDependencies: propertyDependenciesOf(req),
          dependencies: req.getDependenciesList(),
        });
      }
      callback(err, response);
    });
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  override registerResourceOutputs(req: any, callback: (err: any, inner: any) => void): void {
    const resource = this.recorded.get(req.getUrn());
    if (resource) resource.outputs = req.getOutputs()?.toJavaScript() ?? {};
    super.registerResourceOutputs(req, callback);
  }
}

/** Pulumi's own way to wait until every registration has been answered; not in its typings. */
const { waitForRPCs } = settings as unknown as { waitForRPCs(): Promise<void> };

/** Awaits every registration, then whatever registrations those caused, until nothing is added. */
async function settle(monitor: RecordingMonitor): Promise<void> {
  let before = -1;
  while (before !== monitor.recorded.size) {
    before = monitor.recorded.size;
    await waitForRPCs();
    // What a component settles at the end of its turn is sent in the next one.
    await new Promise((resolve) => setImmediate(resolve));
    await waitForRPCs();
  }
}

export interface RecordOptions {
  readonly answers?: Answers;
  /** Evaluate as a preview: what a provider would answer is unknown. */
  readonly preview?: boolean;
  readonly project?: string;
  readonly stack?: string;
  /** The stack's configuration as the engine hands it over: `namespace:key` → text. */
  readonly config?: Readonly<Record<string, string>>;
}

export interface Recorded<T> {
  readonly result: T;
  readonly resources: readonly RecordedResource[];
}

/**
 * Pulumi takes a stack trace for every promise it makes, and ts-node looks each of them up in its source maps: half the time of a
 * program, and most of it for thousands of resources. Failures here are told by their messages.
 */
function withoutStackTraces(): { restore(): void } {
  const { stackTraceLimit, prepareStackTrace } = Error;
  if (process.env.PLATFORM_DEBUG) return { restore: () => undefined };
  Error.stackTraceLimit = 0;
  Error.prepareStackTrace = (error) => String(error);
  return {
    restore() {
      Error.stackTraceLimit = stackTraceLimit;
      Error.prepareStackTrace = prepareStackTrace;
    },
  };
}

/** Runs a program and records it. A program that fails is rejected with its first failure. */
export async function recordProgram<T>(
  program: () => T | Promise<T>,
  options: RecordOptions = {},
): Promise<Recorded<T>> {
  const { project = "dataplatform", stack = "test", preview = false } = options;
  const monitor = new RecordingMonitor(options.answers ?? {}, preview);
  await pulumi.runtime.setMocks(monitor.mocks, project, stack, preview);
  settings.setMockOptions(monitor, project, stack, preview);
  monitor.transforms.install();
  if (options.config) pulumi.runtime.setAllConfig({ ...options.config });
  const onFailure = (failure: unknown): void => void monitor.failures.push(failure);
  const others = process.listeners("unhandledRejection");
  const traces = withoutStackTraces();
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", onFailure);
  try {
    const result = await program();
    await settle(monitor);
    if (monitor.failures.length > 0) throw monitor.failures[0];
    return { result, resources: [...monitor.recorded.values()] };
  } finally {
    traces.restore();
    process.off("unhandledRejection", onFailure);
    for (const listener of others) process.on("unhandledRejection", listener as never);
  }
}
