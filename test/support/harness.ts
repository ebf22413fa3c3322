import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { recordProgram, type RecordedResource, type RecordOptions } from "../../evaluate/record";

export { ACCOUNT, REGION, type RecordedResource, type RecordOptions } from "../../evaluate/record";

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

/** Runs a program without an engine and records it. */
export async function record<T>(program: () => T | Promise<T>, options: RecordOptions = {}): Promise<Recording<T>> {
  const { result, resources } = await recordProgram(program, options);
  return new Recording(result, resources);
}
