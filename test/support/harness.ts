import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor, type MockResourceArgs } from "@pulumi/pulumi/runtime/mocks";
import * as settings from "@pulumi/pulumi/runtime/settings";

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
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly ignoreChanges: readonly string[];
  readonly createTimeout: string;
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
    arn: `arn:aws:${module}:${place}:${path}`,
    ...(kind === "Bucket" ? { bucket: physical } : {}),
    ...(kind === "Key" ? { keyId: `key-of-${name}` } : {}),
    ...(kind === "Queue" ? { url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${physical}` } : {}),
    ...inputs,
  };
}

class RecordingMonitor extends MockMonitor {
  readonly recorded = new Map<string, RecordedResource>();

  constructor(answers: Answers) {
    super({
      call: ({ token, inputs }) => {
        const answer = answers[token] ?? ANSWERS[token];
        if (!answer) throw new Error(`the program asks ${token}, which this test does not answer`);
        return answer(inputs);
      },
      newResource: (args) => {
        const state = args.custom ? stateOf(args) : args.inputs;
        return { id: args.custom ? String(state.url ?? state.bucket ?? state.name) : undefined, state };
      },
    });
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the request is a generated protobuf message
  override async registerResource(req: any, callback: (err: any, inner: any) => void): Promise<void> {
    const inputs = pulumi.runtime.deserializeProperties(req.getObject());
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    await super.registerResource(req, (err: any, response: any) => {
      if (!err) {
        const urn: string = response.getUrn();
        if (this.recorded.has(urn)) return callback(new Error(`two resources are called ${urn}`), undefined);
        this.recorded.set(urn, {
          urn,
          type: req.getType(),
          name: req.getName(),
          custom: req.getCustom(),
          parent: req.getParent(),
          inputs: pulumi.runtime.isRpcSecret(inputs) ? pulumi.runtime.unwrapRpcSecret(inputs) : inputs,
          protect: req.getProtect() ?? false,
          retainOnDelete: req.getRetainondelete() ?? false,
          ignoreChanges: req.getIgnorechangesList(),
          createTimeout: req.getCustomtimeouts()?.getCreate() ?? "",
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

/** What a program registered, to be asked by type and name. */
export class Recording<T = unknown> {
  constructor(
    readonly result: T,
    readonly resources: readonly RecordedResource[],
  ) {}

  /** All of a type: `s3/bucket:Bucket`, or a component's `dataplatform:storage:SecureBucket`. */
  all(type: string): RecordedResource[] {
    return this.resources.filter((resource) => resource.type === type || resource.type === `aws:${type}`);
  }

  /** The one resource of a type, of this name if one is given. */
  one(type: string, name?: string): RecordedResource {
    const found = this.all(type).filter((resource) => name === undefined || resource.name === name);
    const [first] = found;
    assert.ok(
      first && found.length === 1,
      `expected one ${type}${name ? ` called ${name}` : ""}, found ${found.length}; there are: ` +
        this.resources.map((resource) => `${resource.type} ${resource.name}`).join(", "),
    );
    return first;
  }

  /** The statements of a policy document among a resource's inputs, by sid where they have one. */
  statements(resource: RecordedResource, input = "policy"): PolicyStatement[] {
    return (JSON.parse(resource.inputs[input]) as { Statement: PolicyStatement[] }).Statement;
  }

  statement(resource: RecordedResource, sid: string, input = "policy"): PolicyStatement {
    const found = this.statements(resource, input).find((statement) => statement.Sid === sid);
    assert.ok(found, `${resource.name} has no statement ${sid}`);
    return found;
  }

  dependsOn(resource: RecordedResource, other: RecordedResource): boolean {
    return resource.dependencies.includes(other.urn);
  }
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: string | Record<string, string[] | string>;
  readonly Action: string[];
  readonly Resource: string[];
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

/** The value of an output, once it has one. */
export function valueOf<T>(output: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve, reject) => {
    const settled = pulumi.output(output) as pulumi.Output<pulumi.Unwrap<T>> & { promise(): Promise<pulumi.Unwrap<T>> };
    settled.promise().then(resolve, reject);
  });
}

/** The values of a component's outputs, by name. */
export async function outputsOf<T extends Readonly<Record<string, pulumi.Input<unknown>>>>(
  outputs: T,
): Promise<Record<keyof T, unknown>> {
  const entries = await Promise.all(Object.entries(outputs).map(async ([key, value]) => [key, await valueOf(value)]));
  return Object.fromEntries(entries) as Record<keyof T, unknown>;
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
}

/** Runs a program and records it. A program that fails is rejected with its first failure. */
export async function record<T>(program: () => T | Promise<T>, options: RecordOptions = {}): Promise<Recording<T>> {
  const monitor = new RecordingMonitor(options.answers ?? {});
  await pulumi.runtime.setMocks(monitor.mocks, "dataplatform", "test", options.preview ?? false);
  settings.setMockOptions(monitor, "dataplatform", "test", options.preview ?? false);
  const failures: unknown[] = [];
  const onFailure = (failure: unknown): void => void failures.push(failure);
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", onFailure);
  try {
    const result = await program();
    await settle(monitor);
    if (failures.length > 0) throw failures[0];
    return new Recording(result, [...monitor.recorded.values()]);
  } finally {
    process.off("unhandledRejection", onFailure);
    for (const listener of others) process.on("unhandledRejection", listener as never);
  }
}
