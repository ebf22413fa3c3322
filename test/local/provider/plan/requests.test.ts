import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { configOf } from "../../../../cli/evaluate";
import { plannedPlatform, plannedRequests, refusedOf } from "../../../support/plan";

const SELECTION = {
  "rule-type": "selection",
  "rule-id": "1",
  "rule-name": "all",
  "object-locator": { "schema-name": "%", "table-name": "%" },
  "rule-action": "include",
};
const ROLE = "arn:aws:iam::123456789012:role/etl";

/** What a plan says to a program of a few resources. */
const refused = async (program: () => unknown): Promise<string[]> => refusedOf(await plannedRequests(program));

const prod = {
  transfers: JSON.parse(configOf("prod")["dataplatform:transfers"] ?? "") as { readonly measurements: object },
};

describe("the requests of a plan", function () {
  this.timeout(60_000);

  for (const environment of ["dev", "prod", "local"]) {
    it(`are all made and none is refused for ${environment} as it is`, async () => {
      const planned = await plannedPlatform(environment);
      assert.deepEqual(refusedOf(planned), []);
      assert.deepEqual(
        planned.inspected.filter(({ stopped }) => stopped !== undefined),
        [],
      );
      assert.deepEqual(planned.unknownTypes, []);
      assert.ok(planned.inspected.every(({ operations }) => operations.length > 0));
    });
  }

  it("name the log that an engine does not have, and the nearest that it has", async () => {
    const database = (engine: string, log: string): Promise<string[]> =>
      refused(() => {
        new aws.rds.Instance("shop", {
          engine,
          instanceClass: "db.t4g.medium",
          allocatedStorage: 20,
          username: "shop",
          manageMasterUserPassword: true,
          skipFinalSnapshot: true,
          enabledCloudwatchLogsExports: [log],
        });
        new aws.rds.Cluster("orders", {
          engine: `aurora-${engine === "postgres" ? "postgresql" : engine}`,
          masterUsername: "shop",
          manageMasterUserPassword: true,
          skipFinalSnapshot: true,
          enabledCloudwatchLogsExports: [log],
        });
      });
    assert.deepEqual(await database("postgres", "postgresql"), []);
    assert.deepEqual(await database("mysql", "audit"), []);
    assert.deepEqual(await database("postgres", "postgres"), [
      'orders: CreateDBCluster.EnableCloudwatchLogsExports[0]: "postgres" is not a log of aurora-postgresql; did you mean postgresql?; ' +
        "allowed: iam-db-auth-error, instance, postgresql",
      'shop: CreateDBInstance.EnableCloudwatchLogsExports[0]: "postgres" is not a log of postgres; did you mean postgresql?; ' +
        "allowed: iam-db-auth-error, postgresql, upgrade",
    ]);
  });

  it("name a schedule of five fields in every service that has schedules", async () => {
    const FIVE = "cron(0 3 * * ?)";
    const problems = await refused(() => {
      new aws.cloudwatch.EventRule("nightly-rule", { scheduleExpression: FIVE });
      new aws.glue.Trigger("nightly-trigger", { type: "SCHEDULED", schedule: FIVE, actions: [{ jobName: "etl" }] });
      new aws.glue.Crawler("nightly-crawler", {
        databaseName: "lake",
        role: ROLE,
        schedule: FIVE,
        s3Targets: [{ path: "s3://raw/files" }],
      });
      new aws.datasync.Task("nightly-transfer", {
        sourceLocationArn: "arn:aws:datasync:eu-central-1:123456789012:location/loc-0123456789abcdef0",
        destinationLocationArn: "arn:aws:datasync:eu-central-1:123456789012:location/loc-0123456789abcdef1",
        schedule: { scheduleExpression: FIVE },
      });
    });
    assert.deepEqual(
      problems.map((problem) => problem.slice(0, problem.indexOf(":"))),
      ["nightly-crawler", "nightly-rule", "nightly-transfer", "nightly-trigger"],
    );
    for (const problem of problems)
      assert.match(problem, /Schedule(Expression)?: cron must have six fields .* and has 5$/);
  });

  it("name a description and a name that are too long, with what is allowed", async () => {
    const problems = await refused(() => {
      new aws.glue.Job("etl", {
        roleArn: ROLE,
        description: "x".repeat(2049),
        command: { scriptLocation: "s3://artifacts/job.py" },
      });
      new aws.glue.CatalogDatabase("lake", { name: "x".repeat(256) });
      new aws.sfn.StateMachine("flow", {
        name: "x".repeat(81),
        roleArn: ROLE,
        definition: JSON.stringify({ StartAt: "Done", States: { Done: { Type: "Succeed" } } }),
      });
    });
    assert.deepEqual(problems, [
      "etl: CreateJob.Description: has 2049 characters, at most 2048 are allowed",
      "flow: CreateStateMachine.name: has 81 characters, at most 80 are allowed",
      "lake: CreateDatabase.DatabaseInput.Name: has 256 characters, at most 255 are allowed",
    ]);
  });

  it("name a value that is not among those AWS has, also for what no emulator does", async () => {
    const problems = await refused(() => {
      new aws.lambda.Function("reader", {
        role: ROLE,
        runtime: "nodejs25.x",
        handler: "index.handler",
        s3Bucket: "code",
        s3Key: "a",
      });
      new aws.dms.ReplicationConfig("orders", {
        replicationConfigIdentifier: "orders",
        replicationType: "full-and-cdc",
        sourceEndpointArn: "arn:aws:dms:eu-central-1:123456789012:endpoint:A",
        targetEndpointArn: "arn:aws:dms:eu-central-1:123456789012:endpoint:B",
        tableMappings: JSON.stringify({ rules: [SELECTION] }),
        computeConfig: { replicationSubnetGroupId: "private", maxCapacityUnits: 4 },
      });
    });
    assert.deepEqual(
      problems.map((problem) => problem.replace(/;.*/, "")),
      [
        'orders: CreateReplicationConfig.ReplicationType: "full-and-cdc" is not allowed',
        'reader: CreateFunction.Runtime: "nodejs25.x" is not allowed',
      ],
    );
  });

  it("are not refused for what is known only after deployment, alone or within a document", async () => {
    const problems = await refused(() => {
      const key = new aws.kms.Key("key");
      const topic = new aws.sns.Topic("alerts", { kmsMasterKeyId: key.id });
      new aws.sns.TopicPolicy("alerts", {
        arn: topic.arn,
        policy: topic.arn.apply((arn) => JSON.stringify({ Statement: [{ Effect: "Allow", Resource: arn }] })),
      });
      new aws.glue.Job("etl", {
        roleArn: topic.arn,
        timeout: topic.arn.length,
        command: { scriptLocation: topic.arn },
      });
      new aws.cloudwatch.EventRule("rule", { eventPattern: topic.arn });
      new aws.cloudwatch.EventRule("nightly", { scheduleExpression: topic.id });
      new aws.sfn.StateMachine("flow", { roleArn: topic.arn, definition: topic.arn });
    });
    assert.deepEqual(problems, []);
  });

  it("are still refused for what is known beside that", async () => {
    const problems = await refused(() => {
      const topic = new aws.sns.Topic("alerts");
      new aws.glue.Job("etl", {
        roleArn: topic.arn,
        workerType: "G.3X",
        numberOfWorkers: 2,
        command: { scriptLocation: topic.arn },
      });
      new aws.cloudwatch.EventTarget("target", {
        rule: topic.name,
        arn: topic.arn,
        inputPath: "$.detail",
        input: "{}",
      });
    });
    assert.equal(problems.length, 2, problems.join("\n"));
    assert.match(problems[0] ?? "", /^etl: CreateJob\.WorkerType: /);
    assert.match(problems[1] ?? "", /^target: PutTargets\.Targets\[0\]: has Input and InputPath; only one is allowed$/);
  });

  it("are not known for types that the local provider does not have, which are named", async () => {
    const planned = await plannedRequests(() => {
      new aws.sqs.Queue("queue");
      new aws.lb.TargetGroup("front", { port: -1 });
    });
    assert.deepEqual(planned.unknownTypes, ["aws:lb/targetGroup:TargetGroup"]);
    assert.deepEqual(refusedOf(planned), []);
  });

  it("name a setting of prod that AWS refuses, by resource and member", async () => {
    const transfer = { ...prod.transfers.measurements, path: "/measurements?", agentArns: ["arn:aws:agent"] };
    const settings = { "dataplatform:transfers": JSON.stringify({ measurements: transfer }) };
    const problems = refusedOf(await plannedPlatform("prod", settings));
    assert.equal(problems.length, 2, problems.join("\n"));
    assert.match(
      problems[0] ?? "",
      /^measurements-\S+: CreateLocationNfs\.OnPremConfig\.AgentArns\[0\]: "arn:aws:agent" must match/,
    );
    assert.match(
      problems[1] ?? "",
      /^measurements-\S+: CreateLocationNfs\.Subdirectory: "\/measurements\?" must match/,
    );
  });
});
