import assert from "node:assert/strict";
import { EncryptionKey, SecureBucket, type KeyUser, type SecureBucketArgs } from "../../../../components";
import { record, valueOf, type Recording } from "../../../support/harness";
import { applies, refusals, type RequestContext } from "../../../support/iam";

const make = (args: Partial<SecureBucketArgs> = {}, users?: readonly KeyUser[]) =>
  record(() => new SecureBucket("reports", { key: new EncryptionKey("lake", { description: "x", users }), ...args }));

describe("SecureBucket", () => {
  let plain: Recording<SecureBucket>;
  before(async () => {
    plain = await make();
  });

  it("encrypts with the key and a bucket key", () => {
    const [rule] = plain.one(
      "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "reports-encryption",
    ).inputs.rules;
    assert.equal(rule.applyServerSideEncryptionByDefault.sseAlgorithm, "aws:kms");
    assert.match(rule.applyServerSideEncryptionByDefault.kmsMasterKeyId, /:key\/lake-key/);
    assert.equal(rule.bucketKeyEnabled, true);
  });

  it("has versions, no ACLs and no public access of any of the four kinds", () => {
    assert.equal(
      plain.one("s3/bucketVersioning:BucketVersioning", "reports-versioning").inputs.versioningConfiguration.status,
      "Enabled",
    );
    assert.equal(
      plain.one("s3/bucketOwnershipControls:BucketOwnershipControls", "reports-ownership").inputs.rule.objectOwnership,
      "BucketOwnerEnforced",
    );
    const { bucket, ...block } = plain.one(
      "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      "reports-public-access",
    ).inputs;
    assert.equal(bucket, "reports-bucket-1a2b3c4");
    assert.deepEqual(Object.values(block), [true, true, true, true]);
    assert.equal(Object.keys(block).length, 4);
  });

  it("logs its accesses into a bucket of their own, which only log delivery may fill", () => {
    const logging = plain.one("s3/bucketLogging:BucketLogging").inputs;
    assert.equal(logging.targetBucket, "reports-access-logs-bucket-1a2b3c4");
    const policy = plain.one("s3/bucketPolicy:BucketPolicy", "reports-access-logs-policy");
    assert.deepEqual(plain.statement(policy, "AccessLogDelivery").Principal, { Service: ["logging.s3.amazonaws.com"] });
    const [rule] = plain.one(
      "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "reports-access-logs-encryption",
    ).inputs.rules;
    assert.equal(rule.applyServerSideEncryptionByDefault.sseAlgorithm, "AES256");
  });

  it("is emptied with the stack only where both keys are turned", async () => {
    const bucket = (recording: Recording) => recording.one("s3/bucket:Bucket", "reports-bucket");
    assert.equal(bucket(plain).inputs.forceDestroy, false);
    const one = await make({ protection: { posture: "disposable", allowDataLoss: false } });
    assert.equal(bucket(one).inputs.forceDestroy, false);
    const both = await make({ protection: { posture: "disposable", allowDataLoss: true } });
    assert.equal(bucket(both).inputs.forceDestroy, true);
    assert.equal(bucket(both).protect, false);
    const locked = await make({ protection: { posture: "locked", allowDataLoss: true } });
    assert.equal(bucket(locked).inputs.forceDestroy, false);
    assert.equal(bucket(locked).protect, true);
  });

  describe("as its policy is evaluated", () => {
    const object = "arn:aws:s3:::reports-bucket-1a2b3c4/2024/a.csv";
    const tls = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" };
    const algorithm = "s3:x-amz-server-side-encryption";
    const keyId = "s3:x-amz-server-side-encryption-aws-kms-key-id";
    const own = "arn:aws:kms:eu-central-1:123456789012:key/lake-key-1a2b3c4";
    const cases: [string, string, RequestContext, string[]][] = [
      ["takes an upload that names no encryption", "s3:PutObject", tls, []],
      ["takes an upload that names its key", "s3:PutObject", { ...tls, [algorithm]: "aws:kms", [keyId]: own }, []],
      [
        "refuses another key",
        "s3:PutObject",
        { ...tls, [algorithm]: "aws:kms", [keyId]: "arn:aws:kms:::key/x" },
        ["DenyOtherKeys"],
      ],
      ["refuses the key AWS manages", "s3:PutObject", { ...tls, [algorithm]: "aws:kms" }, ["DenyAwsManagedKey"]],
      ["refuses SSE-S3", "s3:PutObject", { ...tls, [algorithm]: "AES256" }, ["DenyOtherEncryption"]],
      [
        "refuses a customer's own key",
        "s3:PutObject",
        { ...tls, "s3:x-amz-server-side-encryption-customer-algorithm": "AES256" },
        ["DenyCustomerProvidedKeys"],
      ],
      ["refuses plain HTTP", "s3:GetObject", { "aws:SecureTransport": "false" }, ["DenyPlainHttp"]],
      ["refuses TLS 1.1", "s3:GetObject", { ...tls, "s3:TlsVersion": "1.1" }, ["DenyOldTls"]],
      ["takes a read over TLS 1.2", "s3:GetObject", { ...tls, "s3:TlsVersion": "1.2" }, []],
    ];
    for (const [what, action, context, sids] of cases) {
      it(what, () => {
        const policy = plain.one("s3/bucketPolicy:BucketPolicy", "reports-policy");
        assert.deepEqual(refusals(plain.statements(policy), action, object, context), sids);
      });
    }
  });

  describe("when it grants", () => {
    const granted = async (
      statements: Awaited<ReturnType<typeof plainGrant>>,
      action: string,
      resource: string,
      prefix?: string,
    ) => statements.some((statement) => applies(statement, action, resource, { "s3:prefix": prefix }));
    const plainGrant = async (grant: (bucket: SecureBucket) => ReturnType<SecureBucket["grantRead"]>) => {
      const statements = await valueOf(grant(plain.result) as never);
      return (statements as unknown as { actions: string[]; resources: string[]; conditions?: never }[]).map((one) => ({
        Effect: "Allow",
        Action: one.actions,
        Resource: one.resources,
        Condition: one.conditions,
      }));
    };
    const bucket = "arn:aws:s3:::reports-bucket-1a2b3c4";

    it("reading under a prefix, it lists and reads there and nowhere else", async () => {
      const statements = await plainGrant((one) => one.grantRead("2024/"));
      assert.equal(await granted(statements, "s3:GetObject", `${bucket}/2024/a.csv`), true);
      assert.equal(await granted(statements, "s3:GetObject", `${bucket}/2023/a.csv`), false);
      assert.equal(await granted(statements, "s3:ListBucket", bucket, "2024/01/"), true);
      assert.equal(await granted(statements, "s3:ListBucket", bucket, "2023/"), false);
      assert.equal(await granted(statements, "s3:PutObject", `${bucket}/2024/a.csv`), false);
      assert.equal(
        await granted(statements, "kms:Decrypt", "arn:aws:kms:eu-central-1:123456789012:key/lake-key-1a2b3c4"),
        true,
      );
    });

    it("reading under a prefix, a missing object is told as missing, not as forbidden", async () => {
      const statements = await plainGrant((one) => one.grantRead("2024/"));
      assert.equal(await granted(statements, "s3:ListBucket", bucket), true);
    });

    it("writing, it neither reads nor deletes", async () => {
      const statements = await plainGrant((one) => one.grantWrite("out/"));
      assert.equal(await granted(statements, "s3:PutObject", `${bucket}/out/a`), true);
      for (const action of ["s3:GetObject", "s3:DeleteObject", "s3:PutBucketPolicy"]) {
        assert.equal(await granted(statements, action, `${bucket}/out/a`), false, action);
      }
    });

    it("deleting, versions go for good only when that is said", async () => {
      const soft = await plainGrant((one) => one.grantDelete("out/"));
      assert.equal(await granted(soft, "s3:DeleteObjectVersion", `${bucket}/out/a`), false);
      const hard = await plainGrant((one) => one.grantDelete("out/", { versions: true }));
      assert.equal(await granted(hard, "s3:DeleteObjectVersion", `${bucket}/out/a`), true);
    });

    it("refuses a prefix with a wildcard", () => {
      assert.throws(
        () => plain.result.grantRead("*/secret"),
        /prefix is "\*\/secret"; allowed: a key prefix without wildcards/,
      );
    });
  });

  describe("with its options", () => {
    it("replicates encrypted objects through a role that reads here and writes there only", async () => {
      const recording = await make({
        replication: {
          bucketArn: "arn:aws:s3:::copy",
          keyArn: "arn:aws:kms:eu-west-1:210987654321:key/copy",
          account: "210987654321",
        },
      });
      const [rule] = recording.one("s3/bucketReplicationConfig:BucketReplicationConfig").inputs.rules;
      assert.equal(
        rule.destination.encryptionConfiguration.replicaKmsKeyId,
        "arn:aws:kms:eu-west-1:210987654321:key/copy",
      );
      assert.equal(rule.destination.accessControlTranslation.owner, "Destination");
      assert.equal(rule.deleteMarkerReplication.status, "Disabled");
      const config = recording.one("s3/bucketReplicationConfig:BucketReplicationConfig");
      assert.ok(
        recording.dependsOn(config, recording.one("s3/bucketVersioning:BucketVersioning", "reports-versioning")),
      );
      const statements = recording.statements(recording.one("iam/rolePolicy:RolePolicy"));
      const allows = (action: string, resource: string) => statements.some((one) => applies(one, action, resource, {}));
      assert.equal(allows("s3:ReplicateObject", "arn:aws:s3:::copy/a"), true);
      assert.equal(allows("s3:ReplicateDelete", "arn:aws:s3:::copy/a"), false);
      assert.equal(allows("s3:ReplicateObject", "arn:aws:s3:::reports-bucket-1a2b3c4/a"), false);
    });

    it("locks objects, moves them between tiers and answers other origins", async () => {
      const recording = await make({
        objectLock: { mode: "GOVERNANCE", days: 30 },
        intelligentTiering: { archiveAfterDays: 90 },
        cors: [{ origins: ["https://app.example.com"], methods: ["GET"] }],
      });
      assert.equal(recording.one("s3/bucket:Bucket", "reports-bucket").inputs.objectLockEnabled, true);
      const lock = recording.one("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration");
      assert.deepEqual(lock.inputs.rule.defaultRetention, { mode: "GOVERNANCE", days: 30 });
      const tiering = recording.one("s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration");
      assert.deepEqual(tiering.inputs.tierings, [{ accessTier: "ARCHIVE_ACCESS", days: 90 }]);
      const [rule] = recording.one("s3/bucketCorsConfiguration:BucketCorsConfiguration").inputs.corsRules;
      assert.deepEqual(rule.allowedOrigins, ["https://app.example.com"]);
    });

    it("sends its inventory where S3 may deliver it", async () => {
      const recording = await record(() => {
        const key = new EncryptionKey("lake", { description: "x", users: ["s3"] });
        const destination = new SecureBucket("lists", { key, inventoryDestination: true });
        return new SecureBucket("reports", { key, inventory: { destination, prefix: "reports" } });
      });
      const policy = recording.one("s3/bucketPolicy:BucketPolicy", "lists-policy");
      assert.deepEqual(recording.statement(policy, "InventoryDelivery").Principal, { Service: ["s3.amazonaws.com"] });
      assert.equal(recording.one("s3/inventory:Inventory").inputs.destination.bucket.prefix, "reports");
    });

    it("refuses a destination that could not receive", async () => {
      await assert.rejects(
        record(() => {
          const key = new EncryptionKey("lake", { description: "x", users: ["s3"] });
          const destination = new SecureBucket("lists", { key });
          return new SecureBucket("reports", { key, inventory: { destination, prefix: "" } });
        }),
        /inventory.destination is "lists"; allowed: a bucket made with inventoryDestination: true/,
      );
    });

    const refused: [string, Partial<SecureBucketArgs>, RegExp][] = [
      [
        "compliance where data may be lost",
        { objectLock: { mode: "COMPLIANCE", days: 1 }, protection: { posture: "disposable", allowDataLoss: true } },
        /objectLock.mode/,
      ],
      ["a lock of no days", { objectLock: { mode: "GOVERNANCE", days: 0 } }, /objectLock.days is 0/],
      ["an archive before 90 days", { intelligentTiering: { archiveAfterDays: 30 } }, /archiveAfterDays is 30/],
      ["tiering without tiers", { intelligentTiering: {} }, /intelligentTiering is \{\}/],
      ["every origin", { cors: [{ origins: ["*"], methods: ["GET"] }] }, /cors\[0\]\.origins\[0\] is "\*"/],
      [
        "a retention S3 refuses",
        { retention: { infrequentAccessAfterDays: 5 } },
        /retention.infrequentAccessAfterDays is 5; allowed: a whole number from 30 or "never"/,
      ],
    ];
    for (const [what, args, message] of refused) {
      it(`refuses ${what}`, () => assert.rejects(make(args), message));
    }
  });

  describe("as the one owner of its notifications", () => {
    const target = (id: string) => ({
      id,
      kind: "queue" as const,
      arn: `arn:aws:sqs:::${id}`,
      events: ["s3:ObjectCreated:*"],
    });

    it("makes none where none is asked for", () => {
      assert.deepEqual(plain.all("s3/bucketNotification:BucketNotification"), []);
    });

    it("keeps EventBridge on while others add queues, functions and topics", async () => {
      const recording = await record(() => {
        const key = new EncryptionKey("lake", { description: "x" });
        const bucket = new SecureBucket("reports", { key, eventBridge: true, directEvents: true });
        bucket.onEvent({ ...target("first"), prefix: "in/" });
        bucket.onEvent({ ...target("second"), kind: "function" });
        bucket.onEvent({ ...target("third"), kind: "topic", suffix: ".csv" });
      });
      const { inputs } = recording.one("s3/bucketNotification:BucketNotification");
      assert.equal(inputs.eventbridge, true);
      assert.deepEqual(inputs.queues, [
        { queueArn: "arn:aws:sqs:::first", id: "first", events: ["s3:ObjectCreated:*"], filterPrefix: "in/" },
      ]);
      assert.equal(inputs.lambdaFunctions[0].lambdaFunctionArn, "arn:aws:sqs:::second");
      assert.deepEqual(
        inputs.topics.map((one: { filterSuffix: string }) => one.filterSuffix),
        [".csv"],
      );
    });

    it("refuses a target once the program's turn is over, as it would be lost", async () => {
      await assert.rejects(
        record(async () => {
          const bucket = new SecureBucket("reports", {
            key: new EncryptionKey("lake", { description: "x" }),
            directEvents: true,
          });
          await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
          bucket.onEvent(target("late"));
        }),
        /onEvent is "late"; allowed: targets added in the same turn/,
      );
    });

    it("refuses one id twice, and any where direct events were not asked for", async () => {
      await assert.rejects(
        record(() => {
          const bucket = new SecureBucket("reports", {
            key: new EncryptionKey("lake", { description: "x" }),
            directEvents: true,
          });
          bucket.onEvent(target("one"));
          bucket.onEvent(target("one"));
        }),
        /ids used once/,
      );
      await assert.rejects(
        record(() =>
          new SecureBucket("reports", { key: new EncryptionKey("lake", { description: "x" }) }).onEvent(target("one")),
        ),
        /directEvents: true/,
      );
    });
  });
});
