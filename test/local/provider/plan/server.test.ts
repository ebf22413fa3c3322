import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { startPlanningProviders, type PlanningProviders } from "../../../../local/provider/plan/server";
import { withStack, type TestStack } from "../../../support/stack";

describe("plans without an account", function () {
  this.timeout(120_000);
  let providers: PlanningProviders;

  before(async () => {
    providers = await startPlanningProviders({ account: "123456789012", region: "eu-central-1" });
  });
  after(() => providers.stop());

  const planning = (use: (stack: TestStack) => Promise<void>): Promise<void> =>
    withStack(use, {}, providers.debugProviders);

  it("takes any resource type, gives back its inputs and leaves unknown what AWS decides", async () => {
    await planning(async (stack) => {
      const seen: Record<string, unknown> = {};
      let known = 0;
      const see = (name: string, output: pulumi.Output<unknown>): void => {
        output.apply((value) => (seen[name] = value));
      };
      const program: PulumiFn = async () => {
        const provider = new aws.Provider("tagging", { region: "eu-west-1", defaultTags: { tags: { team: "data" } } });
        const bucket = new aws.s3.Bucket("lake", { tags: { zone: "raw" } }, { provider });
        const instance = new aws.dms.ReplicationInstance("migration", {
          replicationInstanceId: "migration",
          replicationInstanceClass: "dms.t3.micro",
        });
        const listener = new aws.lb.Listener("front", {
          loadBalancerArn: bucket.arn,
          defaultActions: [{ type: "forward" }],
        });
        known = [bucket, instance, listener].length;
        see("bucket", bucket.bucket);
        see("bucketArn", bucket.arn);
        see("bucketTags", bucket.tagsAll);
        see("region", bucket.region);
        see("class", instance.replicationInstanceClass);
        see("instanceArn", instance.replicationInstanceArn);
        see("actions", listener.defaultActions);
      };
      assert.deepEqual(await stack.preview(program), { create: 5 });
      assert.equal(known, 3);
      const { bucket, ...rest } = seen;
      assert.match(String(bucket), /^lake-[0-9a-f]{7}$/);
      assert.deepEqual(rest, {
        bucketTags: { team: "data", zone: "raw" },
        region: "eu-west-1",
        class: "dms.t3.micro",
        actions: [{ type: "forward" }],
      });
    });
  });

  it("answers what needs no AWS: caller, region, partition, zones, policy documents", async () => {
    await planning(async (stack) => {
      const seen: Record<string, unknown> = {};
      await stack.preview(async () => {
        const china = new aws.Provider("china", { region: "cn-north-1", allowedAccountIds: ["210987654321"] });
        seen.account = (await aws.getCallerIdentity()).accountId;
        seen.otherAccount = (await aws.getCallerIdentity({}, { provider: china })).accountId;
        seen.region = (await aws.getRegion({}, { provider: china })).region;
        seen.partition = (await aws.getPartition()).partition;
        seen.otherPartition = (await aws.getPartition({}, { provider: china })).partition;
        seen.zones = (await aws.getAvailabilityZones()).names;
        const document = await aws.iam.getPolicyDocument({
          statements: [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::raw/*"] }],
        });
        seen.document = JSON.parse(document.json);
      });
      assert.deepEqual(seen, {
        account: "123456789012",
        otherAccount: "210987654321",
        region: "cn-north-1",
        partition: "aws",
        otherPartition: "aws-cn",
        zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
        document: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::raw/*" }],
        },
      });
    });
  });

  it("refuses a data source that needs AWS, and a deployment, in plain words", async () => {
    await planning(async (stack) => {
      const said = (program: PulumiFn, run: (program: PulumiFn) => Promise<unknown>): Promise<string> =>
        run(program).then(
          () => assert.fail("it was taken"),
          (error: unknown) => String((error as Error).message),
        );
      const asking: PulumiFn = async () => void (await aws.ec2.getAmi({ mostRecent: true }));
      assert.match(await said(asking, stack.preview), /aws:ec2\/getAmi:getAmi needs AWS, which a plan does not use/);
      const deploying: PulumiFn = async () => void new aws.s3.Bucket("lake");
      assert.match(await said(deploying, stack.up), /this provider can only plan and cannot deploy/);
    });
  });

  it("plans the use of what exists outside the program", async () => {
    await planning(async (stack) => {
      const seen: unknown[] = [];
      const program: PulumiFn = async () => {
        const zone = aws.s3.Bucket.get("existing", "existing-bucket");
        zone.id.apply((id) => seen.push(id));
        zone.arn.apply((arn) => seen.push(arn));
        new aws.s3.BucketVersioning("existing", { bucket: zone.id, versioningConfiguration: { status: "Enabled" } });
      };
      await stack.preview(program);
      assert.deepEqual(seen, ["existing-bucket"]);
    });
  });
});
