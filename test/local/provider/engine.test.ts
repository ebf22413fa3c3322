import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as s3 from "@aws-sdk/client-s3";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { sharedMinistack } from "../../support/ministack";
import { newcomers, withStack, type TestStack } from "../../support/stack";

describe("the local provider under the real engine", function () {
  this.timeout(180_000);
  let client: s3.S3Client;
  let buckets: () => Promise<string[]>;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    client = new s3.S3Client({
      endpoint,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      forcePathStyle: true,
    });
    buckets = await newcomers(async () =>
      ((await client.send(new s3.ListBucketsCommand({}))).Buckets ?? []).map(({ Name = "" }) => Name),
    );
  });

  /** What the engine says when the program cannot be deployed. */
  const refusal = async (stack: TestStack, program: PulumiFn): Promise<string> => {
    const error = await stack.up(program).then(
      () => assert.fail("it was deployed"),
      (reason: unknown) => reason as Error & { commandResult?: { stdout: string; stderr: string } },
    );
    const said = `${error.commandResult?.stdout}${error.commandResult?.stderr}`;
    assert.doesNotMatch(said, /\n\s+at .*\.[jt]s:\d+/, "no stack traces");
    return said;
  };

  it("creates nothing in a preview, and leaves unknown what only AWS decides", async () => {
    await withStack(async (stack) => {
      let arn = "not looked at";
      const program: PulumiFn = async () => {
        const bucket = new aws.s3.Bucket("data");
        bucket.arn.apply((known) => (arn = known));
      };
      assert.deepEqual(await stack.preview(program), { create: 2 });
      assert.deepEqual(await buckets(), []);
      assert.equal(arn, "not looked at");
    });
  });

  it("serves several configurations at once: each resource is where its provider says", async () => {
    await withStack(async (stack) => {
      const { outputs } = await stack.up(async () => {
        const ireland = new aws.Provider("ireland", {
          region: "eu-west-1",
          defaultTags: { tags: { where: "ireland" } },
        });
        const here = new aws.s3.Bucket("here", {});
        const there = new aws.s3.Bucket("there", { tags: { own: "tag" } }, { provider: ireland });
        const region = await aws.getRegion({}, { provider: ireland });
        return {
          here: here.region,
          there: there.region,
          tags: there.tagsAll,
          none: here.tagsAll,
          region: region.region,
        };
      });
      assert.deepEqual(
        Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value as unknown])),
        {
          here: "eu-central-1",
          there: "eu-west-1",
          tags: { where: "ireland", own: "tag" },
          none: {},
          region: "eu-west-1",
        },
      );
    });
  });

  it("refuses an endpoint that could be anything but this machine", async () => {
    await withStack(async (stack) => {
      const said = await refusal(stack, async () => {
        const provider = new aws.Provider("far", {
          region: "eu-west-1",
          endpoints: [{ s3: "https://s3.eu-west-1.amazonaws.com" }],
        });
        new aws.s3.Bucket("data", {}, { provider });
      });
      assert.match(said, /endpoint of s3 is "https:\/\/s3\.eu-west-1\.amazonaws\.com".*loopback addresses only/);
    });
  });

  it("refuses an account the configuration does not allow", async () => {
    await withStack(
      async (stack) => {
        const said = await refusal(stack, async () => void new aws.s3.Bucket("data"));
        assert.match(said, /AWS account ID not allowed: \d{12}/);
      },
      { "aws:allowedAccountIds": { value: JSON.stringify(["123456789012"]) } },
    );
  });

  it("names a type it does not have and the nearest it has", async () => {
    await withStack(async (stack) => {
      const said = await refusal(
        stack,
        async () => void new aws.s3.BucketWebsiteConfiguration("site", { bucket: "x" }),
      );
      assert.match(
        said,
        /the local cloud has no resource type aws:s3\/bucketWebsiteConfiguration:BucketWebsiteConfiguration/,
      );
      assert.match(said, /the nearest it has is aws:s3\/bucket\w+Configuration:Bucket\w+Configuration/);
    });
  });

  it("refuses settings inside a bucket and names the resource to use", async () => {
    await withStack(async (stack) => {
      const said = await refusal(stack, async () => void new aws.s3.Bucket("data", { versioning: { enabled: true } }));
      assert.match(said, /versioning.*use aws\.s3\.BucketVersioning instead/s);
    });
  });

  it("gives AWS's own reason for what AWS refuses", async () => {
    await withStack(async (stack) => {
      const said = await refusal(stack, async () => {
        new aws.s3.BucketOwnershipControls("data", {
          bucket: "nowhere",
          rule: { objectOwnership: "BucketOwnerEnforced" },
        });
      });
      assert.match(
        said,
        /aws:s3:BucketOwnershipControls \(data\):\s+error:.*NoSuchBucket: The specified bucket does not exist/s,
      );
    });
  });

  it("refuses a policy that is not JSON before it asks for anything", async () => {
    await withStack(async (stack) => {
      const said = await refusal(
        stack,
        async () => void new aws.s3.BucketPolicy("data", { bucket: "any", policy: "{not json" }),
      );
      assert.match(said, /policy.*is not JSON/s);
    });
  });

  it("keeps a bucket that is not empty unless it may be emptied", async () => {
    await withStack(async (stack) => {
      const program =
        (forceDestroy: boolean): PulumiFn =>
        async () => {
          const bucket = new aws.s3.Bucket("data", { forceDestroy });
          new aws.s3.BucketVersioning("data", {
            bucket: bucket.bucket,
            versioningConfiguration: { status: "Enabled" },
          });
          return { bucket: bucket.bucket };
        };
      const { outputs } = await stack.up(program(false));
      const Bucket = outputs.bucket?.value as string;
      for (const Body of ["one", "two"]) await client.send(new s3.PutObjectCommand({ Bucket, Key: "file", Body }));
      await client.send(new s3.DeleteObjectCommand({ Bucket, Key: "file" }));
      await assert.rejects(stack.destroy(), /BucketNotEmpty/);
      assert.deepEqual(await buckets(), [Bucket]);
      await stack.up(program(true));
      await stack.destroy();
      assert.deepEqual(await buckets(), []);
    });
  });

  it("replaces what AWS cannot change: a fixed name goes first, a made-up one comes first", async () => {
    await withStack(async (stack) => {
      const program =
        (objectLockEnabled: boolean): PulumiFn =>
        async () => {
          const fixed = new aws.s3.Bucket("fixed", { bucket: "fixed-name", objectLockEnabled });
          const made = new aws.s3.Bucket("made", { objectLockEnabled });
          return { fixed: fixed.bucket, made: made.bucket };
        };
      const first = await stack.up(program(false));
      const second = await stack.up(program(true));
      assert.equal(second.summary.resourceChanges?.replace, 2);
      assert.equal(second.outputs.fixed?.value, "fixed-name");
      assert.notEqual(second.outputs.made?.value, first.outputs.made?.value);
      assert.deepEqual((await buckets()).sort(), ["fixed-name", second.outputs.made?.value as string].sort());
      const deleted = (name: string): number => second.stdout.indexOf(`aws:s3:Bucket ${name} delet`);
      const created = (name: string): number => second.stdout.indexOf(`aws:s3:Bucket ${name} creat`);
      assert.ok(deleted("fixed") < created("fixed"), second.stdout);
      assert.ok(created("made") < deleted("made"), second.stdout);
    });
  });

  it("makes a deleted bucket again after a refresh", async () => {
    await withStack(async (stack) => {
      const program: PulumiFn = async () => {
        const bucket = new aws.s3.Bucket("data", { bucket: "gone" });
        new aws.s3.BucketOwnershipControls("data", {
          bucket: bucket.bucket,
          rule: { objectOwnership: "BucketOwnerEnforced" },
        });
      };
      await stack.up(program);
      await client.send(new s3.DeleteBucketCommand({ Bucket: "gone" }));
      assert.deepEqual(await stack.refresh(program), { delete: 2 });
      await stack.up(program);
      assert.deepEqual(await buckets(), ["gone"]);
    });
  });

  it("takes over what exists already", async () => {
    const Bucket = "already-there";
    await client.send(
      new s3.CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }),
    );
    await client.send(
      new s3.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: "owner", Value: "data" }] } }),
    );
    await client.send(new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    await withStack(async (stack) => {
      const program =
        (taken: boolean): PulumiFn =>
        async () => {
          const options = taken ? {} : { import: Bucket };
          new aws.s3.Bucket("data", { bucket: Bucket, tags: { owner: "data" } }, options);
          new aws.s3.BucketVersioning(
            "data",
            { bucket: Bucket, versioningConfiguration: { status: "Enabled" } },
            options,
          );
        };
      const { summary } = await stack.up(program(false));
      assert.equal(summary.resourceChanges?.import, 2);
      assert.deepEqual(await stack.preview(program(true)), {});
      await stack.destroy();
      assert.deepEqual(await buckets(), []);
    });
  });

  it("does not lose what was created when a later request for it fails", async () => {
    await withStack(async (stack) => {
      const program =
        (rotationPeriodInDays: number): PulumiFn =>
        async () => {
          const key = new aws.kms.Key("data", {
            enableKeyRotation: true,
            rotationPeriodInDays,
            deletionWindowInDays: 7,
          });
          return { id: key.keyId };
        };
      assert.match(await refusal(stack, program(1)), /ValidationException/);
      const { resources } = (await stack.stack.exportStack()).deployment as {
        resources: { type: string; id?: string }[];
      };
      const kept = resources.find(({ type }) => type === "aws:kms/key:Key")?.id;
      assert.match(kept ?? "", /^[0-9a-f-]{36}$/);
      const { outputs, summary } = await stack.up(program(90));
      assert.equal(outputs.id?.value, kept, "the next up mends it and makes no second one");
      assert.equal(summary.resourceChanges?.update, 1);
    });
  });

  it("keeps a secret secret in the outputs and in the state", async () => {
    await withStack(async (stack) => {
      const { outputs } = await stack.up(async () => {
        const bucket = new aws.s3.Bucket("data", { tags: { token: pulumi.secret("hush-hush") } });
        return { tags: bucket.tags };
      });
      assert.equal(outputs.tags?.secret, true);
      assert.deepEqual(outputs.tags?.value, { token: "hush-hush" });
      const state = readFileSync(
        join(stack.stack.workspace.workDir, ".pulumi", "stacks", "provider", "test.json"),
        "utf8",
      );
      assert.match(state, /"tagsAll"/);
      assert.doesNotMatch(state, /hush-hush/);
    });
  });
});
