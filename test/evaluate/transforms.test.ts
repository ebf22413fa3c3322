import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { record, type Recording } from "../support/harness";

const BOUNDARY = "arn:aws:iam::123456789012:policy/boundary";
const ROLE = { assumeRolePolicy: "{}" };

/** Registers a transform at the root that gives every role a boundary. */
function boundaries(boundary: pulumi.Input<string> = BOUNDARY): void {
  pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
    type === "aws:iam/role:Role" ? { props: { ...props, permissionsBoundary: boundary }, opts } : undefined,
  );
}

const vpc = (name: string, opts: pulumi.ComponentResourceOptions = {}): awsx.ec2.Vpc =>
  new awsx.ec2.Vpc(
    name,
    {
      cidrBlock: "10.0.0.0/16",
      availabilityZoneNames: ["eu-central-1a"],
      subnetSpecs: [{ type: "Public", cidrBlocks: ["10.0.0.0/20"] }],
      natGateways: { strategy: "None" },
    },
    opts,
  );

/** Adds a word to the tag `seen` of everything it is asked about. */
const seenBy =
  (word: string): pulumi.ResourceTransform =>
  ({ custom, props, opts }) =>
    custom ? { props: { ...props, tags: { seen: `${props.tags?.seen ?? ""}${word}` } }, opts } : undefined;

const seen = (recording: Recording, type: string, name: string): unknown => recording.one(type, name).inputs.tags?.seen;

describe("a transform registered at the root of a program", () => {
  it("changes the resources that it returns a result for, and no others", async () => {
    const recording = await record(() => {
      boundaries();
      new aws.iam.Role("role", ROLE);
      new aws.sqs.Queue("queue");
    });
    assert.equal(recording.one("iam/role:Role").inputs.permissionsBoundary, BOUNDARY);
    assert.deepEqual(recording.one("sqs/queue:Queue").inputs, {});
  });

  it("is seen by the program in the resource's outputs", async () => {
    const boundary = await record(() => {
      boundaries(pulumi.output(BOUNDARY));
      const role = new aws.iam.Role("role", ROLE);
      return new Promise((resolve) => role.permissionsBoundary.apply(resolve));
    });
    assert.equal(boundary.result, BOUNDARY);
  });

  it("reaches the children of components, also of those written in another language", async () => {
    const recording = await record(() => {
      pulumi.runtime.registerResourceTransform(seenBy("root"));
      vpc("network");
      const component = new pulumi.ComponentResource("test:index:Component", "component");
      new aws.sqs.Queue("queue", {}, { parent: component });
    });
    assert.equal(seen(recording, "ec2/subnet:Subnet", "network-public-1"), "root");
    assert.equal(seen(recording, "sqs/queue:Queue", "queue"), "root");
  });

  it("comes after the transforms of the resource itself and of its parents, the nearest first", async () => {
    const recording = await record(() => {
      pulumi.runtime.registerResourceTransform(seenBy(" root"));
      const outer = new pulumi.ComponentResource(
        "test:index:Component",
        "outer",
        {},
        { transforms: [seenBy(" outer")] },
      );
      const inner = new pulumi.ComponentResource("test:index:Component", "inner", {}, { parent: outer });
      new aws.sqs.Queue("queue", {}, { parent: inner, transforms: [seenBy("own")] });
      vpc("network", { parent: outer, transforms: [seenBy("network")] });
    });
    assert.equal(seen(recording, "sqs/queue:Queue", "queue"), "own outer root");
    assert.equal(seen(recording, "ec2/vpc:Vpc", "network"), "network outer root");
  });

  it("changes protection, retention and ignored changes, and no other option", async () => {
    const recording = await record(() => {
      pulumi.runtime.registerResourceTransform(({ props }) => ({
        props,
        opts: { protect: true, retainOnDelete: true, ignoreChanges: ["tags"] },
      }));
      new aws.sqs.Queue("queue");
    });
    const { protect, retainOnDelete, ignoreChanges } = recording.one("sqs/queue:Queue");
    assert.deepEqual(
      { protect, retainOnDelete, ignoreChanges },
      { protect: true, retainOnDelete: true, ignoreChanges: ["tags"] },
    );
    const renaming = record(() => {
      pulumi.runtime.registerResourceTransform(({ props, opts }) => ({ props, opts: { ...opts, version: "1.0.0" } }));
      new aws.sqs.Queue("queue");
    });
    await assert.rejects(renaming, /a transform of queue \(aws:sqs\/queue:Queue\) sets the option version/);
  });

  it("fails the program with its own message when it throws", async () => {
    const failing = record(() => {
      pulumi.runtime.registerResourceTransform(() => {
        throw new Error("no role without a boundary");
      });
      new aws.iam.Role("role", ROLE);
    });
    await assert.rejects(failing, /no role without a boundary/);
  });

  it("is gone in the next program", async () => {
    await record(() => boundaries());
    const recording = await record(() => void new aws.iam.Role("role", ROLE));
    assert.equal(recording.one("iam/role:Role").inputs.permissionsBoundary, undefined);
  });
});
