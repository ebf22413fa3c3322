import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { evaluateEnvironment } from "../../cli/evaluate";
import { callsOfFunction } from "../../components/core/platform-function/bundle";
import { needsOf, type Need } from "../../evaluate/iam/needs";
import { COMMANDS } from "../../evaluate/iam/needs/commands";
import { keyUsesOf } from "../../evaluate/iam/needs/keys";
import { ZONE_USES } from "../../evaluate/iam/needs/zones";
import { ProgramPolicies } from "../../evaluate/iam/program";
import { suggestion } from "../../evaluate/iam/suggest";
import { iam } from "../../evaluate/lints/iam";
import type { RecordedResource } from "../../evaluate/recorded";

type Json = Record<string, unknown>;

/** Changes the statements of every policy whose resource is chosen. */
const withStatements = (
  resources: readonly RecordedResource[],
  chosen: (resource: RecordedResource) => boolean,
  change: (statement: Json) => Json | undefined,
): RecordedResource[] =>
  resources.map((resource) => {
    const property = ["policy", "assumeRolePolicy", "policyDocument"].find(
      (name) => typeof resource.inputs[name] === "string",
    );
    if (!property || !chosen(resource)) return resource;
    const document = JSON.parse(resource.inputs[property]) as { Statement: Json[] };
    const Statement = document.Statement.flatMap((statement) => change(statement) ?? []);
    const inputs = { ...resource.inputs, [property]: JSON.stringify({ ...document, Statement }) };
    return { ...resource, inputs, state: { ...resource.state, ...inputs } };
  });

/** Takes an action from the statements of roles. */
const withoutAction =
  (action: string) =>
  (statement: Json): Json => ({ ...statement, Action: (statement.Action as string[]).filter((one) => one !== action) });

describe("the lint of missing rights", function () {
  this.timeout(120_000);
  let prod: readonly RecordedResource[];
  let needs: readonly Need[];

  before(async () => {
    prod = await evaluateEnvironment("prod");
    needs = needsOf(new ProgramPolicies(prod));
  });

  const messages = (resources: readonly RecordedResource[]): string[] => iam(resources).map(({ message }) => message);
  const roleWithout = (role: string, action: string): string[] =>
    messages(withStatements(prod, ({ name }) => name === `${role}-policy`, withoutAction(action)));

  const change = (
    chosen: (resource: RecordedResource) => boolean,
    changed: (resource: RecordedResource) => readonly RecordedResource[],
  ): RecordedResource[] => prod.flatMap((resource) => (chosen(resource) ? changed(resource) : [resource]));
  const withInputs = (resource: RecordedResource, inputs: object): RecordedResource => ({
    ...resource,
    inputs: { ...resource.inputs, ...inputs },
  });

  it("reads the policy of a key from a resource of its own, which replaces the key's own", () => {
    const apart = (policy: (text: string) => string) =>
      change(
        ({ type }) => type === "aws:kms/key:Key",
        (key) => [
          withInputs(key, { policy: undefined }),
          {
            ...withInputs(key, { keyId: key.state.arn, policy: policy(String(key.inputs.policy)) }),
            type: "aws:kms/keyPolicy:KeyPolicy",
            name: `${key.name}-policy`,
          },
        ],
      );
    assert.deepEqual(messages(apart((text) => text)), []);
    assert.notDeepEqual(messages(apart(() => '{"Statement": []}')), []);
  });

  for (const [how, attached] of [
    ["an attachment to roles", (role: string, policyArn: string) => ({ roles: [role], policyArn })],
    ["the role itself", undefined],
  ] as const) {
    it(`reads a managed policy that ${how} names`, () => {
      const arn = "arn:aws:iam::123456789012:policy/flow";
      const resources = change(
        ({ name }) => name === "ingestion-flow-role-policy",
        (policy) => {
          const managed = { ...policy, type: "aws:iam/policy:Policy", state: { ...policy.state, arn } };
          const attachment = { ...policy, type: "aws:iam/policyAttachment:PolicyAttachment", inputs: {} };
          return attached ? [managed, withInputs(attachment, attached(String(policy.inputs.role), arn))] : [managed];
        },
      ).map((resource) =>
        !attached && resource.type === "aws:iam/role:Role" && resource.name === "ingestion-flow-role"
          ? withInputs(resource, { managedPolicyArns: [arn] })
          : resource,
      );
      assert.deepEqual(messages(resources), []);
    });
  }

  const cases: readonly [title: string, role: string, action: string, resource: RegExp][] = [
    [
      "the quarantine's copy of a tagged file",
      "ingestion-quarantine-role",
      "s3:GetObjectVersionTagging",
      /lake-raw-bucket/,
    ],
    ["Firehose's check of its bucket", "orders-changes-delivery-role", "s3:ListBucket", /lake-processed-bucket/],
    ["Firehose's large objects", "orders-changes-delivery-role", "s3:AbortMultipartUpload", /changes\/orders-changes/],
    [
      "Firehose's schema",
      "orders-changes-delivery-role",
      "glue:GetTableVersions",
      /table\/dataplatform_prod\/orders_changes/,
    ],
    ["Glue's security configuration", "ingestion-spark-etl-role", "glue:GetSecurityConfiguration", /\*/],
    ["Spark's staging", "ingestion-spark-etl-role", "s3:DeleteObject", /lake-processed-bucket/],
    ["Spark's committer", "ingestion-spark-etl-role", "s3:ListBucketMultipartUploads", /lake-processed-bucket/],
    ["a task of the state machine", "ingestion-flow-role", "dynamodb:PutItem", /table\/ingestion-ledger/],
    ["a job that the state machine follows", "ingestion-flow-role", "glue:GetJobRuns", /job\/ingestion-spark-etl-job/],
    ["the key of the state machine", "ingestion-flow-role", "kms:GenerateDataKey", /key\/platform-key/],
    ["the logs of the state machine", "ingestion-flow-role", "logs:CreateLogDelivery", /\*/],
    ["an event that starts the flow", "ingestion-events-role", "states:StartExecution", /stateMachine:ingestion-flow/],
    ["the key of a queue that keeps failed events", "live-manager-role", "kms:GenerateDataKey", /key\/platform-key/],
    ["the stream that a function reads", "orders-changes-relay-role", "dynamodb:GetRecords", /orders-table/],
    ["Athena's look at the database default", "power-bi-role", "glue:GetDatabases", /database\/default/],
    ["the driver's stream of results", "power-bi-role", "athena:GetQueryResultsStream", /workgroup/],
    ["Enhanced Monitoring's log group", "warehouse-monitoring", "logs:CreateLogGroup", /RDSOSMetrics:\*/],
    ["the proxy's secret", "warehouse-proxy-role", "secretsmanager:GetSecretValue", /secret:rds!/],
    [
      "DataSync's uploads in parts",
      "measurements-destination-role",
      "s3:ListBucketMultipartUploads",
      /lake-raw-bucket/,
    ],
    ["the target of a migration", "shop-data", "s3:PutObject", /dms\/shop/],
    ["a resolver of GraphQL", "tables-api-orders-role", "dynamodb:GetItem", /table\/orders/],
    ["SNS's delivery to Firehose", "database-events-topic-archive-role", "firehose:PutRecordBatch", /deliverystream/],
  ];
  for (const [title, role, action, resource] of cases) {
    it(`finds a missing right for ${title}`, () => {
      const found = roleWithout(role, action);
      const ours = found.find(
        (message) => message.startsWith(`The role ${role} may not call ${action} on `) && resource.test(message),
      );
      assert.ok(ours, found.join("\n"));
    });
  }

  it("finds every action that is taken from all roles that need it", () => {
    const managed = new Set(["ec2", "logs"]);
    const actions = new Set(needs.flatMap(({ caller, action }) => (caller.kind === "identity" ? [action] : [])));
    assert.ok(actions.size > 80);
    for (const action of actions) {
      // Policies that AWS manages cannot lose an action.
      if (managed.has(action.split(":")[0] ?? "")) continue;
      const found = messages(
        withStatements(prod, ({ type }) => type === "aws:iam/rolePolicy:RolePolicy", withoutAction(action)),
      );
      assert.ok(
        found.some((message) => message.includes(` may not call ${action} on `)),
        action,
      );
    }
  });

  const services: readonly [title: string, sid: RegExp, expected: RegExp][] = [
    [
      "a queue that does not admit EventBridge",
      /^(EventBridge|Rule)MaySend$/,
      /^events\.amazonaws\.com may not call sqs:SendMessage/,
    ],
    [
      "a topic that does not admit CloudWatch",
      /^Publishcloudwatch$/,
      /^cloudwatch\.amazonaws\.com may not call sns:Publish/,
    ],
    [
      "a key that does not admit CloudWatch Logs",
      /^CloudwatchLogs$/,
      /^logs\.eu-central-1\.amazonaws\.com may not call kms:GenerateDataKey/,
    ],
    [
      "a key that does not admit EventBridge's buses",
      /^EventsBuses$/,
      /^events\.amazonaws\.com may not call kms:GenerateDataKey/,
    ],
    [
      "a bucket that does not admit access logs",
      /^AccessLogDelivery$/,
      /^logging\.s3\.amazonaws\.com may not call s3:PutObject/,
    ],
  ];
  for (const [title, sid, expected] of services) {
    it(`finds ${title}`, () => {
      const found = messages(
        withStatements(
          prod,
          () => true,
          (one) => (sid.test(String(one.Sid)) ? undefined : one),
        ),
      );
      assert.ok(
        found.some((message) => expected.test(message)),
        found.join("\n"),
      );
    });
  }

  it("finds a function that no service may invoke", () => {
    const found = messages(prod.filter(({ type }) => type !== "aws:lambda/permission:Permission"));
    assert.ok(found.some((message) => /^apigateway\.amazonaws\.com may not call lambda:InvokeFunction/.test(message)));
    assert.ok(found.some((message) => /^events\.amazonaws\.com may not call lambda:InvokeFunction/.test(message)));
  });

  it("finds a role that its service may not assume", () => {
    const chosen = ({ name }: RecordedResource): boolean => name === "ingestion-flow-role";
    const found = messages(
      withStatements(prod, chosen, (one) => ({ ...one, Principal: { Service: "lambda.amazonaws.com" } })),
    );
    assert.match(
      found.join("\n"),
      /^states\.amazonaws\.com may not call sts:AssumeRole on arn:aws:iam::123456789012:role\/ingestion-flow-role/,
    );
  });

  it("finds a Deny that stands in the way, with its Sid", () => {
    const chosen = ({ name }: RecordedResource): boolean => name === "lake-raw-policy";
    const denial = { Sid: "DenyReads", Effect: "Deny", Principal: "*", Action: "s3:GetObject", Resource: "*" };
    const broken = withStatements(prod, chosen, (one) => one).map((resource) => {
      if (!chosen(resource)) return resource;
      const document = JSON.parse(resource.inputs.policy) as { Statement: Json[] };
      return {
        ...resource,
        inputs: { ...resource.inputs, policy: JSON.stringify({ Statement: [...document.Statement, denial] }) },
      };
    });
    assert.match(
      messages(broken).join("\n"),
      /is refused by the statement DenyReads for s3:GetObject on arn:aws:s3:::lake-raw-bucket/,
    );
  });

  it("names the grant, the missing statement and its source", () => {
    const [problem] = iam(
      withStatements(prod, ({ name }) => name === "ingestion-quarantine-role-policy", withoutAction("sns:Publish")),
    );
    assert.match(
      problem?.remedy ?? "",
      /^NotificationTopic\.grantPublish\(\) gives the right; the statement that is missing in the role's statements is \{"Effect":"Allow","Action":"sns:Publish","Resource":"arn:aws:sns:/,
    );
    assert.match(problem?.source ?? "", /^https:\/\/docs\.aws\.amazon\.com\//);
    assert.equal(problem?.resource.name, "ingestion-quarantine-function");
  });

  it("derives every need from a page of AWS's documentation", () => {
    assert.ok(needs.length > 300);
    for (const { source, why } of needs) assert.match(source, /^https:\/\/docs\.aws\.amazon\.com\/\S+$/, why);
  });

  it("derives needs of every role of the platform", () => {
    const known = new Set(needs.flatMap(({ caller }) => (caller.kind === "identity" ? [caller.arn] : [])));
    const roles = new ProgramPolicies(prod).roles
      .filter(({ arn }) => !known.has(arn))
      .map(({ resource }) => resource.name);
    // DMS uses the account's other two roles for logs and for Redshift, which no resource of the platform names.
    assert.deepEqual(roles, ["shop-logs-role", "shop-endpoint-role"]);
  });
});

describe("the calls of the functions", () => {
  for (const [code, uses] of Object.entries(ZONE_USES)) {
    if (code === "spark") continue;
    it(`of ${code} on objects are the calls of its source`, () => {
      const isOnObjects = (call: string): boolean => ["object", "bucket"].includes(COMMANDS[call]?.on ?? "");
      const inSource = new Set(callsOfFunction(code, "x86_64").filter(isOnObjects));
      const inTable = new Set(uses.flatMap(({ calls }) => calls));
      assert.deepEqual(
        [...inTable].filter((call) => !inSource.has(call)),
        [],
        "calls that the source does not have",
      );
      const plain = (call: string): boolean => !call.includes(":");
      assert.deepEqual(
        [...inSource].filter((call) => plain(call) && !inTable.has(call)),
        [],
        "calls without a place",
      );
    });
  }

  it("have actions, each of them", () => {
    for (const code of readdirSync(resolve(__dirname, "../../functions"))) {
      for (const call of callsOfFunction(code, "x86_64")) assert.ok(call in COMMANDS, `${code}: ${call}`);
    }
  });

  it("of the Spark engine are those of its Python sources", () => {
    const folder = resolve(__dirname, "../../functions/glue");
    const text = readdirSync(folder)
      .filter((file) => file.endsWith(".py"))
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .join("\n");
    const names: Readonly<Record<string, string>> = {
      get_object: "GetObject",
      put_object: "PutObject",
      list_objects_v2: "ListObjectsV2",
      copy_object: "CopyObject",
      delete_objects: "DeleteObjects",
      copy: "Upload",
    };
    const called = [...text.matchAll(/(?:s3|client)\.(\w+)\(|get_paginator\("(\w+)"/g)].map(
      ([, method, pages]) => pages ?? method ?? "",
    );
    const calls = new Set((ZONE_USES.spark ?? []).flatMap((use) => use.calls));
    const unknown = [...new Set(called)].filter((name) => name !== "get_paginator" && !calls.has(names[name] ?? ""));
    assert.deepEqual(unknown, []);
  });
});

describe("the keys that a request uses", () => {
  it("are the same for the local cloud, which decides requests, and for the lint, which foresees them", () => {
    const program = 'import json, runpy; print(json.dumps(runpy.run_path("local/iam/enforcement/keys.py")["USES"]))';
    const local = JSON.parse(
      execFileSync("python3", ["-c", program], { cwd: resolve(__dirname, "../.."), encoding: "utf8" }),
    ) as Record<string, string[]>;
    const foreseen = Object.keys(local).map((action) => [
      action,
      keyUsesOf(action)
        .flatMap(({ uses }) => uses)
        .sort(),
    ]);
    const decided = Object.entries(local).map(([action, uses]) => [action, [...uses].sort()]);
    assert.deepEqual(foreseen, decided);
  });
});

describe("the suggestion of a grant", () => {
  const cases: readonly [action: string, grant: string][] = [
    ["s3:GetObject", "SecureBucket.grantRead(prefix) or DataLake.grantRead(zone, prefix)"],
    ["kms:Decrypt", "EncryptionKey.grantDecrypt()"],
    ["sns:Publish", "NotificationTopic.grantPublish()"],
    ["glue:BatchCreatePartition", "DataCatalog.grantPartitions()"],
    ["glue:GetTable", "DataCatalog.grantRead(), or grantQuery() for Athena"],
    ["s3:GetObjectVersionTagging", "SecureBucket.grantRead(prefix, { versions, tags })"],
    ["s3:ListBucketMultipartUploads", "SecureBucket.grantUploads(prefix)"],
    ["lambda:InvokeFunction", "PlatformFunction.grantInvoke()"],
  ];
  for (const [action, grant] of cases) {
    it(`for ${action} is ${grant}`, () => assert.equal(suggestion(action, "*").grant, grant));
  }

  it("is the statement alone where no component has a grant", () => {
    const statement = { Effect: "Allow", Action: "xray:PutTraceSegments", Resource: "*" };
    assert.deepEqual(suggestion("xray:PutTraceSegments", "*"), { grant: undefined, statement });
  });
});
