import assert from "node:assert/strict";
import type { CompiledContract } from "../../../contracts/compiled";
import {
  DataCatalog,
  DataLake,
  DeadLetterQueue,
  EncryptionKey,
  GlueEtlJob,
  type GlueEtlJobArgs,
  IngestionPipeline,
  type IngestionPipelineArgs,
  NotificationTopic,
  PartitionRegistrar,
} from "../../../components";
import { familyOf } from "../../../components/ingestion/glue-etl-job";
import { contractOf } from "../../functions/cloud";
import { record, type Recording } from "../../support/harness";

/** What an inline policy of a role may have, and the environment of a function. */
const MOST_POLICY_CHARACTERS = 10_240;
const MOST_ENVIRONMENT_BYTES = 4_096;

const contract = (dataset: string, schedule?: string): CompiledContract =>
  contractOf(dataset, { trigger: schedule === undefined ? { kind: "event" } : { kind: "schedule", schedule } });

const pipeline = (
  contracts: readonly CompiledContract[],
  args: Partial<IngestionPipelineArgs> = {},
): Promise<Recording> =>
  record(() => {
    const key = new EncryptionKey("lake", { description: "Data lake" });
    const alerts = new NotificationTopic("alerts", { key });
    const lake = new DataLake("lake", { key });
    const catalog = new DataCatalog("catalog", { lake, key, contracts: [], databaseName: "sales" });
    const registrar = new PartitionRegistrar("registrar", { lake, catalog, key });
    const deadLetters = new DeadLetterQueue("undelivered", { key, fromEventBridge: true });
    return new IngestionPipeline("ingestion", {
      lake,
      catalog,
      registrar,
      key,
      alerts,
      deadLetters,
      contracts,
      environment: "test",
      ...args,
    });
  });

describe("IngestionPipeline", function () {
  this.timeout(60_000);

  it("stays within the limits of roles and functions with 500 scheduled datasets", async () => {
    const many = await pipeline(
      Array.from({ length: 500 }, (_, index) => contract(`a_dataset_with_a_name_${index}`, "rate(1 day)")),
    );
    for (const { name, inputs } of many.all("iam/rolePolicy:RolePolicy")) {
      const { length } = String(inputs.policy);
      assert.ok(length <= MOST_POLICY_CHARACTERS, `${name} has ${length} characters`);
    }
    for (const { name, inputs } of many.all("lambda/function:Function")) {
      const bytes = Buffer.byteLength(JSON.stringify(inputs.environment.variables));
      assert.ok(bytes <= MOST_ENVIRONMENT_BYTES, `the environment of ${name} has ${bytes} bytes`);
    }
  });

  it("lets the flow start its own jobs and no others", async () => {
    const resources = async (contracts: readonly CompiledContract[]): Promise<string[]> => {
      const recording = await pipeline(contracts);
      return recording
        .statements(recording.one("iam/rolePolicy:RolePolicy", "ingestion-flow-role-policy"))
        .filter(({ Action }) => Action.includes("glue:StartJobRun"))
        .flatMap(({ Resource }) => Resource);
    };
    const [alone = ""] = await resources([contract("orders")]);
    assert.match(alone, /:job\/ingestion-spark-etl-job[\w-]*$/);
    const [family = "", ...others] = await resources([contract("orders", "rate(1 day)")]);
    assert.match(family, /^arn:aws:glue:[\w-]+:\d+:job\/ingestion-\*$/);
    assert.deepEqual(others, []);
  });

  it("runs scheduled datasets on spare capacity, unless it is told otherwise, and the others never", async () => {
    const classes = async (args: Partial<IngestionPipelineArgs> = {}) => {
      const recording = await pipeline([contract("orders", "rate(1 day)")], args);
      const jobs = recording.all("glue/job:Job");
      // Glue queues no run on spare capacity.
      for (const { inputs } of jobs) assert.equal(inputs.jobRunQueuingEnabled, inputs.executionClass === "STANDARD");
      return Object.fromEntries(jobs.map(({ name, inputs }) => [name, inputs.executionClass as unknown]));
    };
    const etl = { "ingestion-spark-etl-job": "STANDARD" };
    assert.deepEqual(await classes(), { ...etl, "ingestion-orders-job": "FLEX" });
    const standard = await classes({ scheduledExecutionClass: "standard", sparkWorkerType: "G.4X" });
    assert.deepEqual(standard, { ...etl, "ingestion-orders-job": "STANDARD" });
    await assert.rejects(
      classes({ sparkWorkerType: "G.4X" }),
      /workerType.*"?G\.4X"?.*G\.1X, G\.2X with the execution class flex/s,
    );
    await assert.rejects(
      classes({ leaseSeconds: 7200 }),
      /scheduledExecutionClass.*"?flex"?.*standard with a lease of 7200 seconds/s,
    );
  });

  it("names the job with the bookmarks in the contract of a scheduled dataset, and in no other", async () => {
    const recording = await pipeline([contract("orders", "rate(1 day)"), contract("returns")]);
    const jobOf = (dataset: string): unknown => {
      const { inputs } = recording.one("s3/bucketObjectv2:BucketObjectv2", `ingestion-contract-${dataset}`);
      return (JSON.parse(String(inputs.content)) as { bookmarkJob?: string }).bookmarkJob;
    };
    assert.match(String(jobOf("orders")), /^ingestion-orders-job/);
    assert.equal(jobOf("returns"), undefined);
  });

  it("refuses times that do not go together, with the setting and what is allowed", async () => {
    for (const [args, message] of [
      [{ leaseSeconds: 600 }, /leaseSeconds.*600.*from 7200 to 172800/s],
      [
        { blockedDelaySeconds: 900, maxBlockedDelaySeconds: 60 },
        /maxBlockedDelaySeconds.*60.*900 \(blockedDelaySeconds\) or more/s,
      ],
      [{ maxBlockedDelaySeconds: 28_000 }, /maxBlockedDelaySeconds.*28000.*less than 21600 \(leaseSeconds\)/s],
    ] as const) {
      await assert.rejects(pipeline([], args), message);
    }
  });

  it("lets the flow send to its dead-letter queue, and gives every job the time that the lease leaves", async () => {
    const recording = await pipeline([]);
    const { inputs } = recording.one("sfn/stateMachine:StateMachine");
    const states = (JSON.parse(String(inputs.definition)) as { States: Record<string, Record<string, never>> }).States;
    const policies = recording.all("iam/rolePolicy:RolePolicy").filter(({ name }) => name.includes("flow-role"));
    assert.ok(policies.some((policy) => String(policy.inputs.policy).includes("sqs:SendMessage")));
    const timeout = Number(states["RunSpark"]?.["TimeoutSeconds"]);
    for (const job of recording.all("glue/job:Job")) assert.ok(Number(job.inputs.timeout) * 60 < timeout);
  });

  it("tells the topic of everything that stays behind or fails", async () => {
    const recording = await pipeline([]);
    const alarms = recording.all("cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs);
    for (const { alarmActions } of alarms) assert.match(String(alarmActions[0]), /alerts/);
    const ours = alarms.filter(({ namespace }) => namespace === "DataPlatform");
    assert.deepEqual(ours.map(({ metricName }) => String(metricName)).sort(), [
      "AbandonedFiles",
      "BusyRuns",
      "DeniedRuns",
      "FailedRuns",
      "FaultyRuns",
      "RejectedFiles",
      "UnclaimedFiles",
    ]);
    for (const { dimensions } of ours) assert.deepEqual(dimensions, { environment: "test" });
    const others = alarms.filter((one) => !ours.includes(one)).map((one) => `${one.namespace} ${one.metricName}`);
    assert.deepEqual(others.sort(), [
      "AWS/DynamoDB WriteThrottleEvents",
      "AWS/Lambda Errors",
      "AWS/SQS ApproximateNumberOfMessagesVisible",
      "AWS/SQS ApproximateNumberOfMessagesVisible",
      "AWS/States ExecutionsAborted",
      "AWS/States ExecutionsFailed",
    ]);
  });

  it("keeps the alarm about a blocked dataset on while the dataset waits for its next run", async () => {
    for (const longest of [60, 1800, 21_000]) {
      const recording = await pipeline([], {
        blockedDelaySeconds: Math.min(120, longest),
        maxBlockedDelaySeconds: longest,
      });
      const alarms = recording.all("cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs);
      // The runs of a dataset that stays blocked, as the flow's waits space them.
      const runs = [0];
      for (let wait = Math.min(120, longest); runs.length < 12; wait = Math.min(longest, wait * 2)) {
        runs.push((runs.at(-1) ?? 0) + wait);
      }
      for (const metric of ["BusyRuns", "DeniedRuns", "FaultyRuns"]) {
        const alarm = alarms.find(({ metricName }) => metricName === metric);
        const [period, periods] = [Number(alarm?.period), Number(alarm?.evaluationPeriods)];
        const needed = Number(alarm?.datapointsToAlarm ?? periods);
        // What CloudWatch accepts: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        assert.ok(needed <= periods && period * periods <= 86_400, `${metric}: ${needed} of ${periods}`);
        for (let start = 0; start < period; start += 60) {
          const bad = new Set(runs.map((at) => Math.floor((start + at) / period)));
          for (let now = Math.floor((start + (runs[6] ?? 0)) / period); now <= Math.max(...bad); now++) {
            const seen = [...bad].filter((one) => one <= now && one > now - periods).length;
            assert.ok(seen >= needed, `${metric} with waits of ${longest} s: ${seen} of ${needed} periods`);
          }
        }
      }
    }
  });

  it("keeps events that the bus cannot encrypt in a queue under another key, which the fault does not concern", async () => {
    const recording = await pipeline([]);
    const bus = recording.one("cloudwatch/eventBus:EventBus");
    const queue = recording.one("sqs/queue:Queue", "ingestion-bus-undelivered-queue");
    assert.equal(bus.inputs.deadLetterConfig.arn, queue.state.arn);
    assert.notEqual(queue.inputs.kmsMasterKeyId, bus.inputs.kmsKeyIdentifier);
    const policy = recording.one("sqs/queuePolicy:QueuePolicy", "ingestion-bus-undelivered-policy");
    assert.ok(recording.statement(policy, "EventBridgeMaySend"));
    assert.ok(recording.dependsOn(bus, policy), "EventBridge could not send before the queue's policy exists");
  });

  it("shows which keys of the ledger and its index are refused", async () => {
    const recording = await pipeline([]);
    const insights = recording.all("dynamodb/contributorInsights:ContributorInsights").map(({ inputs }) => inputs);
    assert.deepEqual(
      insights.map(({ indexName, mode }) => [indexName, mode]),
      [
        [undefined, "THROTTLED_KEYS"],
        ["by-attention", "THROTTLED_KEYS"],
      ],
    );
  });
});

describe("GlueEtlJob", () => {
  const job = (alerted: boolean): Promise<Recording> =>
    record(() => {
      const key = new EncryptionKey("lake", { description: "Data lake" });
      const alerts = alerted ? new NotificationTopic("alerts", { key, publishers: ["events"] }) : undefined;
      const scriptLocation = "s3://scripts/orders.py";
      return new GlueEtlJob("orders", { key, description: "Casts orders", scriptLocation, statements: [], alerts });
    });

  it("tells a topic of runs that fail, where there is one", async () => {
    const recording = await job(true);
    const { inputs } = recording.one("cloudwatch/eventRule:EventRule");
    const pattern = JSON.parse(String(inputs.eventPattern)) as { detail: { jobName: string[]; state: string[] } };
    assert.match(pattern.detail.jobName[0] ?? "", /^orders-job/);
    assert.deepEqual(pattern.detail.state, ["FAILED", "TIMEOUT", "ERROR"]);
    assert.match(String(recording.one("cloudwatch/eventTarget:EventTarget").inputs.arn), /alerts/);
    assert.deepEqual((await job(false)).all("cloudwatch/eventRule:EventRule"), []);
  });

  const two = (other: Partial<GlueEtlJobArgs>, glueVersion?: "4.0"): Promise<Recording> =>
    record(() => {
      const key = new EncryptionKey("lake", { description: "Data lake" });
      const common = { key, description: "Casts orders", scriptLocation: "s3://scripts/orders.py", statements: [] };
      const sharesWith = new GlueEtlJob("orders", { ...common, logRetentionDays: 14, glueVersion });
      return new GlueEtlJob("items", { ...common, sharesWith, ...other });
    });

  it("has the log groups that Glue would make, with the job's retention, before the job", async () => {
    const recording = await two({});
    const groups = recording.all("cloudwatch/logGroup:LogGroup");
    assert.deepEqual(
      groups.map(({ inputs }) => [inputs.name, inputs.retentionInDays]).sort(),
      ["error", "output"].map((kind) => [
        `/aws-glue/jobs/orders-security-1a2b3c4-role/orders-role-1a2b3c4/${kind}`,
        14,
      ]),
    );
    for (const job of recording.all("glue/job:Job"))
      for (const group of groups)
        assert.ok(recording.dependsOn(job, group), `${job.name} does not wait for ${group.name}`);
  });

  it("has a further group in the version whose continuous logs go elsewhere", async () => {
    const names = (await two({}, "4.0")).all("cloudwatch/logGroup:LogGroup").map(({ inputs }) => String(inputs.name));
    assert.ok(names.includes("/aws-glue/jobs/logs-v2-orders-security-1a2b3c4"), names.join(", "));
  });

  it("refuses arguments that do not count where another job is shared with", async () => {
    const statements = [{ actions: ["s3:GetObject"], resources: ["*"] }];
    await assert.rejects(two({ statements }), /statements is "1 statements"; allowed: none with sharesWith/);
    await assert.rejects(two({ logRetentionDays: 7 }), /logRetentionDays is 7; allowed: unset with sharesWith/);
  });

  it("knows its family by the beginning of its name, whatever the engine puts before it", () => {
    const arn = (name: string) => `arn:aws:glue:eu-central-1:111122223333:job/${name}`;
    assert.equal(familyOf(arn("ingestion-etl-job-1a2b3c4"), "ingestion-"), arn("ingestion-*"));
    assert.equal(familyOf(arn("prod-ingestion-etl-job-1a2b3c4"), "ingestion-"), arn("prod-ingestion-*"));
    assert.throws(() => familyOf(arn("etl"), "ingestion-"), /etl is not of the family ingestion-/);
  });
});
