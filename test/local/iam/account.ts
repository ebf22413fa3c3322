import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateFunctionCommand, InvokeCommand, LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutBucketEncryptionCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { readDecisions, type Decision } from "../../../local/iam/decisions";
import { REPOSITORY } from "../../../local/paths";
import { zip } from "../../../local/provider/archive";
import { until } from "../../support/home";
import { sharedMinistack } from "../../support/ministack";
import { givenRole, grantTo, type Grant } from "../../support/role";

/** How a call ended: with an answer, or with the name and the message of an error. */
export interface Outcome {
  readonly answer?: unknown;
  readonly error?: string;
  readonly message?: string;
}

const REGION = "us-east-1";
const ACCOUNT = "000000000000";

/** The account's root on the shared emulator, which makes roles and what they act on. */
export class Account {
  private constructor(
    readonly configuration: { endpoint: string; region: string; credentials: object; forcePathStyle: true },
    private readonly file: string,
  ) {}

  static async open(): Promise<Account> {
    const { endpoint, decisions } = await sharedMinistack();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    return new Account({ endpoint, region: REGION, credentials, forcePathStyle: true }, decisions);
  }

  client<C>(Client: new (configuration: never) => C): C {
    return new Client(this.configuration as never);
  }

  arn = (service: string, resource: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
  name = (what: string): string => `${what}-${randomBytes(4).toString("hex")}`;

  /** Makes a role that a service may assume. */
  async role(service: string, ...grants: Grant[]): Promise<string> {
    const name = this.name(service);
    await givenRole(this.configuration, name, [service], grants);
    return name;
  }

  roleArn = (role: string): string => `arn:aws:iam::${ACCOUNT}:role/${role}`;

  /** Replaces the rights of a role. */
  grant = (role: string, ...grants: Grant[]): Promise<void> => grantTo(this.client(IAMClient), role, grants);

  /** Makes a key that its account may use, and a service if one is named. */
  async key(service?: string): Promise<string> {
    const all = { Effect: "Allow", Action: "kms:*", Resource: "*" };
    const Statement = [
      { ...all, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } },
      ...(service ? [{ ...all, Principal: { Service: service } }] : []),
    ];
    const { KeyMetadata } = await this.client(KMSClient).send(
      new CreateKeyCommand({ Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }),
    );
    return KeyMetadata?.Arn ?? "";
  }

  async bucket(key?: string): Promise<string> {
    const Bucket = this.name("bucket");
    const s3 = this.client(S3Client);
    await s3.send(new CreateBucketCommand({ Bucket }));
    if (key) {
      const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: key };
      const ServerSideEncryptionConfiguration = { Rules: [{ ApplyServerSideEncryptionByDefault }] };
      await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    }
    return Bucket;
  }

  async table(key?: string): Promise<string> {
    const TableName = this.name("table");
    await this.client(DynamoDBClient).send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        ...(key && { SSESpecification: { Enabled: true, SSEType: "KMS" as const, KMSMasterKeyId: key } }),
      }),
    );
    return TableName;
  }

  /** Makes a function whose code gets the SDK's packages by `sdk("client-s3")`, and answers with the event's outcome. */
  async fn(role: string, code: string): Promise<string> {
    const FunctionName = this.name("function");
    const packages = JSON.stringify(join(REPOSITORY, "node_modules", "@aws-sdk"));
    const source = `const sdk = (name) => require(${packages} + "/" + name); 
      const work = async (event) => { ${code} };
      exports.handler = (event) => work(event).then((answer) => ({ answer }), ({ name: error, message }) => ({ error, message }));`;
    const lambda = this.client(LambdaClient);
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role: this.roleArn(role),
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Timeout: 30,
        Code: { ZipFile: await zip(new Map([["index.js", { bytes: Buffer.from(source) }]])) },
      }),
    );
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
    return FunctionName;
  }

  /** Calls a function, and returns its answer or the error that it threw. */
  async call(name: string, event: object = {}): Promise<Outcome> {
    const { Payload } = await this.client(LambdaClient).send(
      new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
    );
    return JSON.parse(Payload?.transformToString() ?? "{}") as Outcome;
  }

  /** Runs a state machine of one task with a role, and returns how its execution ended. */
  async execute(role: string, task: object): Promise<{ status?: string; error?: string; cause?: string }> {
    const sfn = this.client(SFNClient);
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({
        name: this.name("machine"),
        roleArn: this.roleArn(role),
        definition: JSON.stringify({ StartAt: "Task", States: { Task: { Type: "Task", End: true, ...task } } }),
      }),
    );
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
    let ended: { status?: string; error?: string; cause?: string } = {};
    await until("the execution has ended", async () => {
      ended = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return ended.status !== "RUNNING";
    });
    return { status: ended.status, error: ended.error, cause: ended.cause };
  }

  /** Returns what IAM decided for a role. */
  decisions = (role: string): Decision[] => readDecisions(this.file).filter((decision) => decision.role === role);

  /** Returns what IAM denied a role or a service, as `action resource by`. */
  denied = (role: string): string[] =>
    this.decisions(role).flatMap(({ action, resource, allowed, by }) =>
      allowed ? [] : [`${action} ${resource} ${String(by)}`],
    );
}
