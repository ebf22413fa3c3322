import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as iam from "@aws-sdk/client-iam";
import * as lambda from "@aws-sdk/client-lambda";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { sharedMinistack } from "../../support/ministack";
import { withStack } from "../../support/stack";

const trust = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

describe("roles and functions in the local cloud", function () {
  this.timeout(180_000);
  let functions: lambda.LambdaClient;
  let access: iam.IAMClient;
  let folder: string;

  before(async () => {
    const { endpoint } = await sharedMinistack();
    const configuration = {
      endpoint,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    functions = new lambda.LambdaClient(configuration);
    access = new iam.IAMClient(configuration);
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "code-"));
    write("one");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(answer: string): void {
    mkdirSync(join(folder, "lib"), { recursive: true });
    writeFileSync(join(folder, "lib", "answer.txt"), answer);
    writeFileSync(
      join(folder, "index.js"),
      `const { readFileSync } = require("node:fs");
       const { join } = require("node:path");
       class Unreadable extends Error { name = "UnreadableFile"; }
       exports.handler = async (event) => {
         if (event.fail) throw new Unreadable("line 7");
         return ({
         answer: readFileSync(join(__dirname, "lib", "answer.txt"), "utf8"),
         root: readFileSync(join(process.env.LAMBDA_TASK_ROOT, "lib", "answer.txt"), "utf8"),
         greeting: process.env.GREETING, endpoint: process.env.AWS_ENDPOINT_URL, region: process.env.AWS_REGION, pid: process.pid,
         waited: await new Promise((done) => setTimeout(done, event.wait ?? 0, event.wait)),
       });
       };`,
    );
  }

  const program =
    (change: { greeting?: string; memory?: number; architecture?: string; actions?: string[] } = {}) =>
    async () => {
      const role = new aws.iam.Role("reader", {
        assumeRolePolicy: trust("lambda.amazonaws.com"),
        description: "Reads",
        tags: { a: "b" },
      });
      new aws.iam.RolePolicy("reader", {
        role: role.id,
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: change.actions ?? ["s3:GetObject"], Resource: "arn:aws:s3:::x/*" }],
        }),
      });
      const attachment = new aws.iam.RolePolicyAttachment("reader", {
        role: role.name,
        policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
      });
      const fn = new aws.lambda.Function(
        "reader",
        {
          role: role.arn,
          runtime: "nodejs24.x",
          handler: "index.handler",
          code: new pulumi.asset.FileArchive(folder),
          memorySize: change.memory ?? 256,
          timeout: 30,
          architectures: [change.architecture ?? "arm64"],
          reservedConcurrentExecutions: 5,
          publish: true,
          environment: { variables: { GREETING: change.greeting ?? "hello" } },
          loggingConfig: { logFormat: "JSON" },
          tracingConfig: { mode: "Active" },
          tags: { team: "data" },
        },
        { dependsOn: attachment },
      );
      const permission = new aws.lambda.Permission("events", {
        action: "lambda:InvokeFunction",
        function: fn.name,
        principal: "events.amazonaws.com",
        sourceArn: "arn:aws:events:eu-central-1:000000000000:rule/x",
      });
      const caller = await aws.getCallerIdentity();
      const region = await aws.getRegion();
      return {
        name: fn.name,
        arn: fn.arn,
        role: role.name,
        statement: permission.statementId,
        account: caller.accountId,
        region: region.region,
      };
    };

  const invoke = async (name: string, event: object = {}): Promise<Record<string, unknown>> => {
    const { Payload, FunctionError } = await functions.send(
      new lambda.InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
    );
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString()) as Record<string, unknown>;
    assert.equal(FunctionError, undefined, JSON.stringify(answer));
    return answer;
  };

  it("runs a function's code, updates code and settings in place, and takes everything away again", async () => {
    await withStack(async (stack) => {
      const { outputs } = await stack.up(program());
      const name = outputs.name?.value as string;
      const account = outputs.account?.value as string;
      assert.match(name, /^reader-[0-9a-f]{7}$/);
      assert.equal(outputs.arn?.value, `arn:aws:lambda:eu-central-1:${account}:function:${name}`);
      assert.equal(outputs.region?.value, "eu-central-1");
      const { endpoint } = await sharedMinistack();
      const first = await invoke(name);
      assert.deepEqual(
        { ...first, pid: 0 },
        { answer: "one", root: "one", greeting: "hello", endpoint, region: "eu-central-1", pid: 0 },
      );

      const failed = await functions.send(
        new lambda.InvokeCommand({ FunctionName: name, Payload: JSON.stringify({ fail: true }) }),
      );
      const { errorType, errorMessage } = JSON.parse(Buffer.from(failed.Payload ?? []).toString()) as Record<
        string,
        string
      >;
      assert.deepEqual([errorType, errorMessage], ["UnreadableFile", "line 7"], "the error keeps its name");

      assert.deepEqual(await stack.preview(program()), {});
      assert.deepEqual(await stack.refresh(program()), {});
      assert.deepEqual(await stack.preview(program()), {});

      write("two");
      assert.deepEqual(await stack.preview(program({ greeting: "bye", memory: 512 })), { update: 1 });
      await stack.up(program({ greeting: "bye", memory: 512, actions: ["s3:GetObject", "s3:PutObject"] }));
      const second = await invoke(name);
      assert.equal(second.answer, "two");
      assert.equal(second.greeting, "bye");
      const inline = await access.send(new iam.ListRolePoliciesCommand({ RoleName: outputs.role?.value as string }));
      const policy = await access.send(
        new iam.GetRolePolicyCommand({ RoleName: outputs.role?.value as string, PolicyName: inline.PolicyNames?.[0] }),
      );
      assert.match(decodeURIComponent(policy.PolicyDocument ?? ""), /s3:PutObject/);

      await functions.send(new lambda.UpdateFunctionConfigurationCommand({ FunctionName: name, Timeout: 7 }));
      const permission = { FunctionName: name, StatementId: outputs.statement?.value as string };
      await functions.send(new lambda.RemovePermissionCommand(permission));
      const change = { greeting: "bye", memory: 512, actions: ["s3:PutObject", "s3:GetObject"] };
      assert.deepEqual(await stack.refresh(program(change)), { update: 1, delete: 1 });
      await stack.up(program(change));
      const { Timeout } = await functions.send(new lambda.GetFunctionConfigurationCommand({ FunctionName: name }));
      assert.equal(Timeout, 30);
      const { Policy } = await functions.send(new lambda.GetPolicyCommand({ FunctionName: name }));
      assert.match(Policy ?? "", /"Sid": "events-/);

      await stack.destroy();
      const gone = { name: /ResourceNotFoundException|NoSuchEntity/ };
      await assert.rejects(functions.send(new lambda.GetFunctionCommand({ FunctionName: name })), gone);
      await assert.rejects(access.send(new iam.GetRoleCommand({ RoleName: outputs.role?.value as string })), gone);
    });
  });

  it("answers concurrent invocations from several processes and later ones from a warm one", async () => {
    await withStack(async (stack) => {
      const { outputs } = await stack.up(program());
      const name = outputs.name?.value as string;
      const together = await Promise.all([1, 2, 3].map(() => invoke(name, { wait: 500 })));
      const processes = new Set(together.map(({ pid }) => pid));
      assert.equal(processes.size, 3);
      assert.ok(processes.has((await invoke(name)).pid));
    });
  });
});
